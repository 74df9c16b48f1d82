'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { apiErrorOf } from '@/components/feedback/api-error';
import { FormDialog } from '@/components/feedback/form-dialog';
import { useOrg } from '@/components/frame/org-context';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import { Textarea } from '@/components/ui/textarea';
import { MIN_SECRET_LENGTH, type Secret } from '@/lib/contracts/secrets';
import { useTRPC } from '@/lib/trpc/client';

const EVERYWHERE = 'organization';

/** Makes a secret, or writes another value in place of the one there is. */
export function SecretDialog({ secret, onClose }: { secret: Secret | undefined; onClose: () => void }) {
  const { slug, workspaces } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const [description, setDescription] = useState(secret?.description ?? '');
  const [scope, setScope] = useState(EVERYWHERE);
  const done = {
    onSuccess: async (saved: Secret) => {
      await queryClient.invalidateQueries(trpc.secrets.pathFilter());
      toast.success(secret ? `${saved.name} has its new value` : `${saved.name} is saved`);
      onClose();
    },
  };
  const create = useMutation(trpc.secrets.create.mutationOptions(done));
  const replace = useMutation(trpc.secrets.replace.mutationOptions(done));
  const save = secret ? replace : create;
  const error = save.isError ? apiErrorOf(save.error) : null;
  const written = name
    .trim()
    .toUpperCase()
    .replace(/[^A-Z0-9_]/g, '_');
  const submit = () => {
    if (secret) return replace.mutate({ org: slug, secretId: secret.id, value: value.trim(), description });
    create.mutate({
      org: slug,
      name: written,
      value: value.trim(),
      description,
      workspaceId: scope === EVERYWHERE ? undefined : scope,
    });
  };
  return (
    <FormDialog
      title={secret ? `Replace ${secret.name}` : 'New secret'}
      description={secret ? 'Whatever uses it has the new value at its next call.' : 'Nobody can read the value again.'}
      action={secret ? 'Replace value' : 'Save secret'}
      isReady={(secret !== undefined || written !== '') && value.trim().length >= MIN_SECRET_LENGTH}
      isPending={save.isPending}
      error={save.error}
      onSubmit={submit}
      onClose={onClose}
    >
      {!secret && (
        <Field label="Name" error={error?.fields.name} help={`Tools write {{secret.${written || 'NAME'}}}.`}>
          {(control) => (
            <Input
              {...control}
              value={name}
              autoFocus
              autoComplete="off"
              spellCheck={false}
              placeholder="SHOP_TOKEN"
              className="font-mono text-xs"
              onChange={(event) => setName(event.target.value)}
              onBlur={() => setName(written)}
            />
          )}
        </Field>
      )}
      <Field label="Value" error={error?.fields.value} help={`At least ${MIN_SECRET_LENGTH} characters.`}>
        {(control) => (
          <Textarea
            {...control}
            value={value}
            autoFocus={secret !== undefined}
            autoComplete="off"
            spellCheck={false}
            className="max-h-40 break-all font-mono text-xs [-webkit-text-security:disc] focus:[-webkit-text-security:none]"
            onChange={(event) => setValue(event.target.value)}
          />
        )}
      </Field>
      <Field label="Description (optional)" error={error?.fields.description}>
        {(control) => (
          <Input
            {...control}
            value={description}
            autoComplete="off"
            onChange={(event) => setDescription(event.target.value)}
          />
        )}
      </Field>
      {!secret && workspaces.length > 1 && (
        <Field label="For" help="A workspace's own secret comes before the organization's of the same name.">
          {({ id }) => (
            <Select value={scope} onValueChange={setScope}>
              <SelectTrigger id={id} className="w-56">
                <SelectValue />
              </SelectTrigger>
              <SelectContent>
                <SelectItem value={EVERYWHERE}>The whole organization</SelectItem>
                {workspaces.map((workspace) => (
                  <SelectItem key={workspace.id} value={workspace.id}>
                    {workspace.name}
                  </SelectItem>
                ))}
              </SelectContent>
            </Select>
          )}
        </Field>
      )}
    </FormDialog>
  );
}
