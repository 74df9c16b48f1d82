'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { toast } from 'sonner';

import { apiErrorOf } from '@/components/feedback/api-error';
import { FormProblem } from '@/components/feedback/form-problem';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { type CredentialProvider, needsKey, PROVIDER_LABELS } from '@/lib/contracts/models';
import { useTRPC } from '@/lib/trpc/client';
import { AzureFields, azureInput, NO_AZURE } from './azure-fields';

const ADDRESS_HELP: Partial<Record<CredentialProvider, string>> = {
  'openai-compatible': 'Of the server, as in https://llm.example.com/v1',
  azure: 'As in https://my-resource.openai.azure.com/openai',
};

/** Writes a key; it is never read back. */
export function CredentialForm({ provider, onClose }: { provider: CredentialProvider; onClose: () => void }) {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [key, setKey] = useState('');
  const [baseUrl, setBaseUrl] = useState('');
  const [azure, setAzure] = useState(NO_AZURE);
  const save = useMutation(
    trpc.models.saveCredential.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.models.pathFilter());
        toast.success(`${key.trim() ? 'The key' : 'The address'} of ${PROVIDER_LABELS[provider]} is saved`);
        onClose();
      },
    }),
  );
  const error = save.isError ? apiErrorOf(save.error) : null;
  const isAzure = provider === 'azure';
  const isKeyNeeded = needsKey(provider);
  const needsUrl = !isKeyNeeded || (isAzure && !azure.resourceName.trim());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const settings = isAzure ? azureInput(azure) : {};
    save.mutate({ org: slug, provider, key: key.trim(), baseUrl: baseUrl.trim() || undefined, ...settings });
  };
  return (
    <form onSubmit={submit} noValidate className="grid basis-full gap-3 pt-2 sm:grid-cols-2">
      <Field
        label={isKeyNeeded ? 'Key' : 'Key (optional)'}
        error={error?.fields.key}
        help={isKeyNeeded ? undefined : 'Left empty, none is sent.'}
      >
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
      {isAzure && <AzureFields value={azure} fields={error?.fields ?? {}} onChange={setAzure} />}
      <Field
        label={!isKeyNeeded ? 'Address' : isAzure ? 'Or its address' : 'Address (optional)'}
        error={error?.fields.baseUrl}
        help={ADDRESS_HELP[provider] ?? "Only for a proxy; the provider's own otherwise."}
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
      <div className="empty:hidden sm:col-span-2">
        <FormProblem error={save.error} />
      </div>
      <div className="flex gap-2 sm:col-span-2">
        <Button
          type="submit"
          size="sm"
          disabled={(isKeyNeeded && !key.trim()) || (needsUrl && !baseUrl.trim()) || save.isPending}
        >
          {isKeyNeeded ? 'Save the key' : 'Save'}
        </Button>
        <Button variant="ghost" size="sm" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
