'use client';

import { Eye, EyeOff } from 'lucide-react';
import { type ComponentProps, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';

/** A password, that may be looked at while it is typed. */
export function PasswordField({
  label,
  help,
  error,
  ...input
}: { label: string; help?: string; error?: string } & ComponentProps<typeof Input>) {
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <Field label={label} help={help} error={error}>
      {(control) => (
        <div className="relative">
          <Input {...control} {...input} type={shown ? 'text' : 'password'} className="h-9 pr-9" />
          <Button
            variant="ghost"
            size="icon-sm"
            className="absolute top-1 right-1 text-muted-foreground"
            aria-label={shown ? 'Hide what is typed' : 'Show what is typed'}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            <Icon />
          </Button>
        </div>
      )}
    </Field>
  );
}
