'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { toast } from 'sonner';
import { apiErrorOf } from '@/components/feedback/api-error';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import type { OpenApiPreview, OpenApiSource } from '@/lib/contracts/openapi';
import { useTRPC } from '@/lib/trpc/client';
import { OperationRow } from './operation-row';

/** Which operations become tools, where they are called, and with which secrets. */
export function ChooseOperations({ preview, source }: { preview: OpenApiPreview; source: OpenApiSource }) {
  const { slug } = useOrg();
  const router = useRouter();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { title, hash, operations, schemes } = preview;
  const possible = operations.filter(({ problem }) => problem === null);
  const [chosen, setChosen] = useState(
    () => new Set(possible.filter((one) => one.state === 'changed').map(({ key }) => key)),
  );
  const [baseUrl, setBaseUrl] = useState(preview.baseUrl);
  const [secrets, setSecrets] = useState(() => Object.fromEntries(schemes.map(({ name, secret }) => [name, secret])));
  const bring = useMutation(
    trpc.tools.openApi.import.mutationOptions({
      onSuccess: async ({ names }) => {
        await queryClient.invalidateQueries(trpc.tools.pathFilter());
        toast.success(names.length === 1 ? 'One tool is there.' : `${names.length} tools are there.`);
        router.push(`/${slug}/tools`);
      },
    }),
  );
  const error = bring.isError ? apiErrorOf(bring.error) : null;
  const needed = schemes.filter(({ name }) =>
    operations.some(({ key, needs }) => chosen.has(key) && needs.includes(name)),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const named = Object.fromEntries(
      needed.map(({ name }) => [name, secrets[name] ?? '']).filter(([, secret]) => secret),
    );
    bring.mutate({ org: slug, source, hash, baseUrl, secrets: named, operations: [...chosen] });
  };
  const toggle = (key: string, on: boolean) =>
    setChosen((now) => new Set(on ? [...now, key] : [...now].filter((one) => one !== key)));
  return (
    <form noValidate onSubmit={submit} aria-label={title} className="grid gap-4 pb-10">
      <div className="flex flex-wrap items-center gap-3 border-t px-4 pt-5 sm:px-6">
        <h2 className="min-w-0 flex-1 truncate font-semibold">
          {title} <span className="font-normal text-muted-foreground tabular-nums">{operations.length}</span>
        </h2>
        <Button
          size="sm"
          variant="outline"
          onClick={() => setChosen(new Set(chosen.size === possible.length ? [] : possible.map(({ key }) => key)))}
        >
          {chosen.size === possible.length ? 'Choose none' : 'Choose all'}
        </Button>
      </div>
      <ul className="divide-y border-y">
        {operations.map((operation) => (
          <OperationRow
            key={operation.key}
            operation={operation}
            checked={chosen.has(operation.key)}
            onChecked={(on) => toggle(operation.key, on)}
          />
        ))}
      </ul>
      <div className="grid gap-4 px-4 sm:px-6">
        <Field label="Calls go to" error={error?.fields.baseUrl} help="The paths follow it.">
          {(control) => (
            <Input
              {...control}
              type="url"
              value={baseUrl}
              spellCheck={false}
              className="font-mono text-xs"
              onChange={(event) => setBaseUrl(event.target.value)}
            />
          )}
        </Field>
        {needed.map(({ name, says }) => (
          <Field
            key={name}
            label={`Secret for ${name}`}
            error={error?.fields[`secrets.${name}`]}
            help={`${says}. The name of a secret in Settings › Secrets, such as API_TOKEN.`}
          >
            {(control) => (
              <Input
                {...control}
                value={secrets[name] ?? ''}
                spellCheck={false}
                className="font-mono text-xs"
                onChange={(event) => setSecrets((now) => ({ ...now, [name]: event.target.value }))}
              />
            )}
          </Field>
        ))}
        {error && (
          <p role="alert" className="rounded-md border border-destructive/40 bg-failed-tint px-3 py-2">
            {error.message}
          </p>
        )}
        <div>
          <Button type="submit" disabled={bring.isPending || chosen.size === 0}>
            {bring.isPending ? 'Importing' : `Import ${chosen.size}`}
          </Button>
        </div>
      </div>
    </form>
  );
}
