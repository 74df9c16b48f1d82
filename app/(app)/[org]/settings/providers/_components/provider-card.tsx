'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Circle, CircleCheck } from 'lucide-react';
import { useState } from 'react';

import { RelativeTime } from '@/components/data/relative-time';
import { ConfirmDialog } from '@/components/feedback/confirm-dialog';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import { type CredentialProvider, needsKey, PROVIDER_LABELS, type ProviderStatus } from '@/lib/contracts/models';
import { useTRPC } from '@/lib/trpc/client';
import { CredentialForm } from './credential-form';
import { CredentialTestLine } from './credential-test-line';

export function ProviderCard({ status }: { status: ProviderStatus }) {
  const { provider, source } = status;
  const ready = source !== 'none';
  const Icon = ready ? CircleCheck : Circle;
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Icon className={ready ? 'size-4 text-success' : 'size-4 text-muted-foreground'} aria-hidden />
        <div className="min-w-40 flex-1">
          <h2 className="font-medium">{PROVIDER_LABELS[provider]}</h2>
          <p className="text-muted-foreground text-xs">
            <Source status={status} />
          </p>
        </div>
        {provider !== 'sandbox' && <Controls provider={provider} status={status} />}
      </div>
    </li>
  );
}

function Source({ status: { provider, source, hint, baseUrl, since } }: { status: ProviderStatus }) {
  if (source === 'built-in') return <>Built in. Needs no key and costs nothing; prices are pretended.</>;
  if (source === 'none') return <>{needsKey(provider) ? 'No key' : 'No address'}</>;
  return (
    <>
      {source === 'server' && "From the server's environment"}
      {source === 'organization' && (hint === '' ? 'Without a key' : 'Key of the organization')}
      {hint && <span className="font-mono"> {hint}</span>}
      {baseUrl && <> · {baseUrl}</>}
      {since && (
        <>
          {' '}
          · since <RelativeTime date={since} />
        </>
      )}
    </>
  );
}

function Controls({ provider, status }: { provider: CredentialProvider; status: ProviderStatus }) {
  const { slug, can } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [editing, setEditing] = useState(false);
  const [removing, setRemoving] = useState(false);
  const remove = useMutation(
    trpc.models.removeCredential.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.models.pathFilter());
        setRemoving(false);
      },
      onError: toastError,
    }),
  );
  if (!can('credentials:write')) return null;
  const own = status.source === 'organization';
  return (
    <>
      {!editing && (
        <div className={own ? 'flex gap-1.5 max-sm:basis-full max-sm:pl-7' : 'flex'}>
          {own && (
            <Button variant="ghost" size="sm" onClick={() => setRemoving(true)}>
              Remove
            </Button>
          )}
          <Button variant="outline" size="sm" onClick={() => setEditing(true)}>
            {own ? 'Replace the' : needsKey(provider) ? 'Add a' : 'Add an'} {needsKey(provider) ? 'key' : 'address'}
          </Button>
        </div>
      )}
      {editing && <CredentialForm provider={provider} onClose={() => setEditing(false)} />}
      {!editing && status.source !== 'none' && <CredentialTestLine status={{ ...status, provider }} />}
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={`Remove the key of ${PROVIDER_LABELS[provider]}?`}
        description="Agents with its models stop working unless the server has a key of its own. The key cannot be shown again."
        action="Remove"
        busy={remove.isPending}
        onConfirm={() => remove.mutate({ org: slug, provider })}
      />
    </>
  );
}
