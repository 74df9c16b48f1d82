'use client';

import type { UseMutationResult } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { apiErrorOf } from './api-error';
import { ConfirmDialog } from './confirm-dialog';

/** Deletes what a page is about, when that was confirmed; why it cannot be is told where it was asked. */
export function DeleteButton({
  name,
  description,
  remove,
  onDelete,
}: {
  name: string;
  description: string;
  remove: Pick<UseMutationResult<unknown, unknown, never>, 'error' | 'isPending' | 'reset'>;
  onDelete: () => void;
}) {
  const [asking, setAsking] = useState(false);
  const ask = () => {
    remove.reset();
    setAsking(true);
  };
  return (
    <>
      <Button variant="outline" onClick={ask}>
        <Trash2 /> Delete
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Delete ${name}?`}
        description={
          remove.error ? (
            <span role="alert" className="text-destructive">
              {apiErrorOf(remove.error).message}
            </span>
          ) : (
            `${description} This cannot be undone.`
          )
        }
        action="Delete"
        busy={remove.isPending || remove.error !== null}
        onConfirm={onDelete}
      />
    </>
  );
}
