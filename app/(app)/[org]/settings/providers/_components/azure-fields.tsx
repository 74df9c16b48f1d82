'use client';

import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import type { SaveCredentialInput } from '@/lib/contracts/models';

interface AzureText {
  resourceName: string;
  apiVersion: string;
  deployments: string;
}
export const NO_AZURE: AzureText = { resourceName: '', apiVersion: '', deployments: '' };

export const azureInput = ({ resourceName, apiVersion, deployments }: AzureText): Partial<SaveCredentialInput> => ({
  resourceName: resourceName.trim() || undefined,
  apiVersion: apiVersion.trim() || undefined,
  deployments: deployments
    .split(/[\s,]+/)
    .map((name) => name.trim())
    .filter(Boolean),
});

const FIELDS: { name: keyof AzureText; label: string; placeholder: string; help: string }[] = [
  {
    name: 'resourceName',
    label: 'Resource',
    placeholder: 'my-resource',
    help: 'The first part of its address at openai.azure.com.',
  },
  {
    name: 'apiVersion',
    label: 'API version (optional)',
    placeholder: 'v1',
    help: 'A dated one speaks chat completions; v1 the Responses API.',
  },
  {
    name: 'deployments',
    label: 'Deployments',
    placeholder: 'gpt-prod, gpt-cheap',
    help: 'Their names are the models: azure/gpt-prod. Azure lists none to a key.',
  },
];

/** What Azure OpenAI needs beside a key. */
export function AzureFields({
  value,
  fields,
  onChange,
}: {
  value: AzureText;
  fields: Record<string, string>;
  onChange: (value: AzureText) => void;
}) {
  return FIELDS.map(({ name, label, placeholder, help }) => (
    <Field key={name} label={label} help={help} error={errorOf(fields, name)}>
      {(control) => (
        <Input
          {...control}
          value={value[name]}
          placeholder={placeholder}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange({ ...value, [name]: event.target.value })}
        />
      )}
    </Field>
  ));
}

/** A wrong name among several is told of at the field that has them all. */
const errorOf = (fields: Record<string, string>, name: string): string | undefined =>
  Object.entries(fields).find(([path]) => path === name || path.startsWith(`${name}.`))?.[1];
