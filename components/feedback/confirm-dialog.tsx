'use client';

import { type ReactNode, useState } from 'react';
import {
  AlertDialog,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogFooter,
  AlertDialogTitle,
} from '@/components/ui/alert-dialog';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';

/** Asks before what cannot be undone; with `typed`, the name has to be written first. */
export function ConfirmDialog({
  open,
  onOpenChange,
  title,
  description,
  action,
  typed,
  busy,
  onConfirm,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description: ReactNode;
  action: string;
  typed?: string;
  busy?: boolean;
  onConfirm: () => void;
}) {
  const [text, setText] = useState('');
  return (
    <AlertDialog open={open} onOpenChange={onOpenChange}>
      <AlertDialogContent>
        <AlertDialogTitle>{title}</AlertDialogTitle>
        <AlertDialogDescription>{description}</AlertDialogDescription>
        {typed && (
          <Field label={`Type “${typed}” to confirm`}>
            {(control) => (
              <Input {...control} value={text} autoComplete="off" onChange={(event) => setText(event.target.value)} />
            )}
          </Field>
        )}
        <AlertDialogFooter>
          <AlertDialogCancel>Cancel</AlertDialogCancel>
          <Button variant="destructive" disabled={busy || (typed !== undefined && text !== typed)} onClick={onConfirm}>
            {action}
          </Button>
        </AlertDialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
