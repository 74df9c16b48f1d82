'use client';

import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import {
  Dialog,
  DialogBody,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '@/components/ui/dialog';
import { FormProblem } from './form-problem';

/** A form in a dialog: what it is for, its fields, why it was not saved, and the button that saves it. */
export function FormDialog({
  title,
  description,
  action,
  isReady = true,
  isPending,
  error,
  className,
  onSubmit,
  onClose,
  children,
}: {
  title: ReactNode;
  description: ReactNode;
  action: string;
  isReady?: boolean;
  isPending: boolean;
  /** Of the mutation. */
  error?: unknown;
  /** How wide it is. */
  className?: string;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent className={className}>
        <form
          className="contents"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (isReady && !isPending) onSubmit();
          }}
        >
          <DialogHeader>
            <DialogTitle>{title}</DialogTitle>
            <DialogDescription>{description}</DialogDescription>
          </DialogHeader>
          <DialogBody className="grid gap-4 pt-1">
            {children}
            <FormProblem error={error} />
          </DialogBody>
          <DialogFooter>
            <Button variant="outline" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!isReady || isPending}>
              {action}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
