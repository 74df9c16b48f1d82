'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { toast } from 'sonner';
import { PROVIDER_LABELS } from '@/components/agents/provider-labels';
import { apiErrorOf } from '@/components/feedback/api-error';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import type { CredentialProvider } from '@/lib/contracts/models';
import { useTRPC } from '@/lib/trpc/client';

/** Writes a key; it is never read back. */
export function CredentialForm({ provider, onClose }: { provider: CredentialProvider; onClose: () => void }) {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [key, setKey] = useState('');
  const [baseUrl, setBaseUrl] = useState('');
  const save = useMutation(
    trpc.models.saveCredential.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.models.pathFilter());
        toast.success(`The key of ${PROVIDER_LABELS[provider]} is saved`);
        onClose();
      },
    }),
  );
  const error = save.isError ? apiErrorOf(save.error) : null;
  const needsUrl = provider === 'openai-compatible';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ org: slug, provider, key: key.trim(), baseUrl: baseUrl.trim() || undefined });
  };
  return (
    <form onSubmit={submit} noValidate className="grid basis-full gap-3 pt-2 sm:grid-cols-2">
      <Field label="Key" error={error?.fields.key}>
        {(control) => (
          <Input
            {...control}
            type="password"
            value={key}
            autoFocus
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setKey(event.target.value)}
          />
        )}
      </Field>
      <Field
        label={needsUrl ? 'Address' : 'Address (optional)'}
        error={error?.fields.baseUrl}
        help={
          needsUrl
            ? 'Of the server, as in https://llm.example.com/v1'
            : "Only for a proxy; the provider's own otherwise."
        }
      >
        {(control) => (
          <Input
            {...control}
            type="url"
            value={baseUrl}
            autoComplete="off"
            placeholder="https://"
            onChange={(event) => setBaseUrl(event.target.value)}
          />
        )}
      </Field>
      {error && Object.keys(error.fields).length === 0 && (
        <p role="alert" className="text-destructive sm:col-span-2">
          {error.message}
        </p>
      )}
      <div className="flex gap-2 sm:col-span-2">
        <Button type="submit" size="sm" disabled={!key.trim() || (needsUrl && !baseUrl.trim()) || save.isPending}>
          Save the key
        </Button>
        <Button variant="ghost" size="sm" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
