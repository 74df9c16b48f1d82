'use client';

import type { ComponentProps } from 'react';
import { FormDialog } from '@/components/feedback/form-dialog';

/** What every dialog has that makes a new run out of this one. */
export function RepairForm(props: Omit<ComponentProps<typeof FormDialog>, 'action' | 'className'>) {
  return <FormDialog action={props.isPending ? 'Starting…' : 'Start a new run'} className="max-w-2xl" {...props} />;
}
