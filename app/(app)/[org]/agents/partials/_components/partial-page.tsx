'use client';

import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { Suspense, useState } from 'react';
import { toast } from 'sonner';
import { RelativeTime } from '@/components/data/relative-time';
import { DeleteButton } from '@/components/feedback/delete-button';
import { ListSkeleton } from '@/components/feedback/list-skeleton';
import { useOrg } from '@/components/frame/org-context';
import { PageHead } from '@/components/frame/page-head';
import type { PromptPartial } from '@/lib/contracts/partials';
import { useTRPC } from '@/lib/trpc/client';
import { PartialForm } from './partial-form';
import { PartialUses } from './partial-uses';

/** A partial, and who has it. */
export function PartialPage({ name }: { name: string }) {
  const { slug, can } = useOrg();
  const { data: partial } = useSuspenseQuery(useTRPC().partials.get.queryOptions({ org: slug, name }));
  return (
    <div className="mx-auto max-w-7xl">
      <PageHead
        title={partial.name}
        under={{ label: 'Partials', href: `/${slug}/agents/partials` }}
        facts={
          <>
            Changed <RelativeTime date={partial.updatedAt} />
            {partial.updatedByName && ` by ${partial.updatedByName}`}
          </>
        }
        actions={can('agents:write') && <DeletePartial name={name} />}
      />
      <div className="grid gap-x-2 gap-y-6 lg:grid-cols-[minmax(0,1fr)_24rem]">
        <ChangePartial key={partial.revision} saved={partial} readonly={!can('agents:write')} />
        <Suspense fallback={<ListSkeleton rows={3} />}>
          <PartialUses partial={partial} />
        </Suspense>
      </div>
    </div>
  );
}

function ChangePartial({ saved, readonly }: { saved: PromptPartial; readonly: boolean }) {
  const { slug } = useOrg();
  const router = useRouter();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { name, description, text, revision } = saved;
  const [partial, setPartial] = useState({ name, description, text });
  const change = useMutation(
    trpc.partials.change.mutationOptions({
      onSuccess: async (changed) => {
        toast.success('Saved. Drafts have it from now on; what is published keeps its text.');
        void queryClient.invalidateQueries(trpc.agents.pathFilter());
        if (changed.name !== name) router.replace(`/${slug}/agents/partials/${changed.name}`);
        else await queryClient.invalidateQueries(trpc.partials.get.queryFilter({ org: slug, name }));
        for (const filter of [trpc.partials.list, trpc.partials.offered, trpc.partials.uses]) {
          void queryClient.invalidateQueries(filter.pathFilter());
        }
      },
    }),
  );
  return (
    <PartialForm
      partial={partial}
      saved={saved}
      readonly={readonly}
      error={change.error}
      busy={change.isPending}
      onPartial={setPartial}
      onSave={(written) =>
        change.mutate({
          ...{ org: slug, revision, name, description: written.description, text: written.text },
          ...(written.name !== name && { newName: written.name }),
        })
      }
    />
  );
}

function DeletePartial({ name }: { name: string }) {
  const { slug } = useOrg();
  const router = useRouter();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.partials.delete.mutationOptions({
      onSuccess: () => {
        router.push(`/${slug}/agents/partials`);
        void queryClient.invalidateQueries(trpc.agents.pathFilter());
        for (const filter of [trpc.partials.list, trpc.partials.offered]) {
          void queryClient.invalidateQueries(filter.pathFilter());
        }
      },
    }),
  );
  return (
    <DeleteButton
      name={name}
      description="Only what no draft includes can be deleted. What is published keeps its text."
      remove={remove}
      onDelete={() => remove.mutate({ org: slug, name })}
    />
  );
}
