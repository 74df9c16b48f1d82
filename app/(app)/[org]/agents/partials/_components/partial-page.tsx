'use client';

import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { Suspense, useState } from 'react';
import { toast } from 'sonner';
import { RelativeTime } from '@/components/data/relative-time';
import { apiErrorOf } from '@/components/feedback/api-error';
import { ConfirmDialog } from '@/components/feedback/confirm-dialog';
import { ListSkeleton } from '@/components/feedback/list-skeleton';
import { useOrg } from '@/components/frame/org-context';
import { PageHead } from '@/components/frame/page-head';
import { Button } from '@/components/ui/button';
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
        title={
          <>
            <Link
              href={`/${slug}/agents/partials`}
              className="focus-ring rounded-sm font-normal text-muted-foreground hover:text-foreground"
            >
              Partials
            </Link>
            <span className="px-1.5 font-normal text-muted-foreground" aria-hidden>
              ›
            </span>
            {partial.name}
          </>
        }
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
      error={change.isError ? apiErrorOf(change.error) : null}
      busy={change.isPending}
      onPartial={setPartial}
      onSave={() =>
        change.mutate({
          ...{ org: slug, revision, name, description: partial.description, text: partial.text },
          ...(partial.name !== name && { newName: partial.name }),
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
  const [asking, setAsking] = useState(false);
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
    <>
      <Button
        variant="outline"
        onClick={() => {
          remove.reset();
          setAsking(true);
        }}
      >
        <Trash2 /> Delete
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Delete ${name}?`}
        description={
          remove.isError ? (
            <span role="alert" className="text-destructive">
              {apiErrorOf(remove.error).message}
            </span>
          ) : (
            'Only what no draft includes can be deleted. What is published keeps its text. This cannot be undone.'
          )
        }
        action="Delete"
        busy={remove.isPending || remove.isError}
        onConfirm={() => remove.mutate({ org: slug, name })}
      />
    </>
  );
}
