'use client';

import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { RelativeTime } from '@/components/data/relative-time';
import { ConfirmDialog } from '@/components/feedback/confirm-dialog';
import { EmptyState } from '@/components/feedback/empty-state';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import type { ApiKey } from '@/lib/contracts/people';
import { useTRPC } from '@/lib/trpc/client';
import { SettingsSection } from '../../_components/settings-section';
import { CreateKeyDialog } from './create-key-dialog';

export function ApiKeys() {
  const { slug, can } = useOrg();
  const [creating, setCreating] = useState(false);
  const { data: keys } = useSuspenseQuery(useTRPC().apiKeys.list.queryOptions({ org: slug }));
  return (
    <SettingsSection
      level={1}
      title="API keys"
      help="For programs. A key may do what its scopes say, in this organization alone. Revoking holds at once."
      action={
        can('api-keys:write') && (
          <Button onClick={() => setCreating(true)}>
            <Plus /> New key
          </Button>
        )
      }
    >
      {keys.length === 0 ? (
        <div className="rounded-md border">
          <EmptyState title="No keys yet">Programs need one to call agents over HTTP.</EmptyState>
        </div>
      ) : (
        <ul className="divide-y border-y">
          {keys.map((key) => (
            <KeyRow key={key.id} apiKey={key} />
          ))}
        </ul>
      )}
      {creating && <CreateKeyDialog onClose={() => setCreating(false)} />}
    </SettingsSection>
  );
}

function KeyRow({ apiKey }: { apiKey: ApiKey }) {
  const { slug, can } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [revoking, setRevoking] = useState(false);
  const revoke = useMutation(
    trpc.apiKeys.revoke.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.apiKeys.pathFilter());
        setRevoking(false);
      },
      onError: toastError,
    }),
  );
  const { name, hint, scopes, createdByName, createdAt, expiresAt, lastUsedAt, revokedAt } = apiKey;
  const expired = expiresAt !== null && expiresAt.getTime() < Date.now();
  return (
    <li className="flex items-center gap-3 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium">{name}</span>
          <span className="font-mono text-muted-foreground text-xs">{hint}</span>
          {revokedAt && <Badge variant="failed">Revoked</Badge>}
          {expired && !revokedAt && <Badge variant="waiting">Expired</Badge>}
        </p>
        <p className="truncate text-muted-foreground text-xs">{scopes.join(', ')}</p>
        <p className="text-muted-foreground text-xs">
          {createdByName ?? 'Somebody who left'}, <RelativeTime date={createdAt} /> ·{' '}
          {lastUsedAt ? (
            <>
              used <RelativeTime date={lastUsedAt} />
            </>
          ) : (
            'never used'
          )}
          {expiresAt && !expired && (
            <>
              {' '}
              · expires <RelativeTime date={expiresAt} />
            </>
          )}
        </p>
      </div>
      {!revokedAt && can('api-keys:write') && (
        <Button variant="outline" size="sm" onClick={() => setRevoking(true)}>
          Revoke
        </Button>
      )}
      <ConfirmDialog
        open={revoking}
        onOpenChange={setRevoking}
        title={`Revoke ${name}?`}
        description="Programs that use it are refused from now on. This cannot be undone."
        action="Revoke"
        busy={revoke.isPending}
        onConfirm={() => revoke.mutate({ org: slug, apiKeyId: apiKey.id })}
      />
    </li>
  );
}
