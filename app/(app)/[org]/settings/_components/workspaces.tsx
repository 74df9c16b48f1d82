'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Layers } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { RelativeTime } from '@/components/data/relative-time';
import { apiErrorOf } from '@/components/feedback/api-error';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { useTRPC } from '@/lib/trpc/client';
import { SettingsSection } from './settings-section';

/** What agents and their runs are kept in. */
export function Workspaces() {
  const { workspaces, slug, can } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState('');
  const create = useMutation(
    trpc.workspaces.create.mutationOptions({
      onSuccess: async () => {
        setName('');
        await queryClient.invalidateQueries(trpc.organizations.view.pathFilter());
      },
    }),
  );
  const error = create.isError ? apiErrorOf(create.error) : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) create.mutate({ org: slug, name: name.trim() });
  };
  return (
    <SettingsSection
      title="Workspaces"
      help="Each agent lives in one. The switch at the top narrows lists to one of them."
    >
      <ul className="divide-y rounded-md border">
        {workspaces.map((workspace) => (
          <li key={workspace.id} className="flex h-9 items-center gap-2.5 px-3">
            <Layers className="size-4 text-muted-foreground" aria-hidden />
            <span className="min-w-0 flex-1 truncate font-medium">{workspace.name}</span>
            <RelativeTime date={workspace.createdAt} className="text-muted-foreground text-xs" />
          </li>
        ))}
      </ul>
      {can('workspaces:write') && (
        <form onSubmit={submit} className="flex max-w-md items-start gap-2 pt-4">
          <Field label="New workspace" className="flex-1" error={error && (error.fields.name ?? error.message)}>
            {(control) => <Input {...control} value={name} onChange={(event) => setName(event.target.value)} />}
          </Field>
          <Button type="submit" variant="outline" className="mt-6" disabled={!name.trim() || create.isPending}>
            Add
          </Button>
        </form>
      )}
    </SettingsSection>
  );
}
