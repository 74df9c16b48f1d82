'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { CopyButton } from '@/components/data/copy-button';
import { RelativeTime } from '@/components/data/relative-time';
import { ConfirmDialog } from '@/components/feedback/confirm-dialog';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import type { Secret } from '@/lib/contracts/secrets';
import { useTRPC } from '@/lib/trpc/client';

export function SecretRow({ secret, onReplace }: { secret: Secret; onReplace: () => void }) {
  const { slug, can } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [deleting, setDeleting] = useState(false);
  const remove = useMutation(
    trpc.secrets.delete.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.secrets.pathFilter());
        setDeleting(false);
      },
      onError: toastError,
    }),
  );
  const { name, description, workspaceName, updatedAt, updatedByName, lastUsedAt } = secret;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 py-2.5">
      <div className="min-w-0 flex-1 basis-60">
        <p className="flex flex-wrap items-center gap-2">
          <span className="break-all font-medium font-mono text-xs">{name}</span>
          <CopyButton text={`{{secret.${name}}}`} label={`Copy {{secret.${name}}}`} />
          {workspaceName && <Badge>{workspaceName}</Badge>}
        </p>
        {description && <p className="truncate text-muted-foreground text-xs">{description}</p>}
        <p className="text-muted-foreground text-xs">
          {updatedByName ?? 'Somebody who left'}, <RelativeTime date={updatedAt} /> ·{' '}
          {lastUsedAt ? (
            <>
              used <RelativeTime date={lastUsedAt} />
            </>
          ) : (
            'never used'
          )}
        </p>
      </div>
      {can('secrets:write') && (
        <div className="flex gap-2">
          <Button variant="outline" size="sm" onClick={onReplace} aria-label={`Replace ${name}`}>
            Replace
          </Button>
          <Button variant="ghost" size="sm" onClick={() => setDeleting(true)} aria-label={`Delete ${name}`}>
            Delete
          </Button>
        </div>
      )}
      <ConfirmDialog
        open={deleting}
        onOpenChange={setDeleting}
        title={`Delete ${name}?`}
        description={
          lastUsedAt
            ? 'It is in use: whatever names it fails from now on. The value cannot be brought back.'
            : 'Nothing has used it yet. The value cannot be brought back.'
        }
        action="Delete"
        typed={lastUsedAt ? name : undefined}
        busy={remove.isPending}
        onConfirm={() => remove.mutate({ org: slug, secretId: secret.id })}
      />
    </li>
  );
}
