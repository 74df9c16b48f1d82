'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { apiErrorOf } from '@/components/feedback/api-error';
import { FormDialog } from '@/components/feedback/form-dialog';
import { useOrg } from '@/components/frame/org-context';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import type { Permission } from '@/lib/permissions';
import { useTRPC } from '@/lib/trpc/client';
import { ScopePicker, USUAL_SCOPES } from './scope-picker';
import { TokenOnce } from './token-once';

const DAY_MS = 86_400_000;
const EXPIRIES: [value: string, label: string][] = [
  ['30', 'In 30 days'],
  ['90', 'In 90 days'],
  ['365', 'In a year'],
  ['never', 'Never'],
];

export function CreateKeyDialog({ onClose }: { onClose: () => void }) {
  const { slug, can } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<Permission[]>(() => USUAL_SCOPES.filter(can));
  const [expiry, setExpiry] = useState('90');
  const create = useMutation(
    trpc.apiKeys.create.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.apiKeys.pathFilter()),
    }),
  );
  if (create.data) return <TokenOnce created={create.data} onClose={onClose} />;

  const error = create.isError ? apiErrorOf(create.error) : null;
  const submit = () => {
    const expiresAt = expiry === 'never' ? undefined : new Date(Date.now() + Number(expiry) * DAY_MS);
    create.mutate({ org: slug, name: name.trim(), scopes, expiresAt });
  };
  return (
    <FormDialog
      title="New API key"
      description="The key is shown once, right after it is made."
      action="Create key"
      isReady={name.trim() !== '' && scopes.length > 0}
      isPending={create.isPending}
      error={create.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field label="Name" error={error?.fields.name} help="Which program it is for.">
        {(control) => (
          <Input
            {...control}
            value={name}
            autoFocus
            autoComplete="off"
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <ScopePicker value={scopes} onChange={setScopes} />
      <Field label="Expires" error={error?.fields.expiresAt}>
        {({ id }) => (
          <Select value={expiry} onValueChange={setExpiry}>
            <SelectTrigger id={id} className="w-44">
              <SelectValue />
            </SelectTrigger>
            <SelectContent>
              {EXPIRIES.map(([value, label]) => (
                <SelectItem key={value} value={value}>
                  {label}
                </SelectItem>
              ))}
            </SelectContent>
          </Select>
        )}
      </Field>
    </FormDialog>
  );
}
