'use client';

import { useMutation, useQueryClient, useSuspenseInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { toast } from 'sonner';
import { LoadMore } from '@/components/data/load-more';
import { paged } from '@/components/data/paged';
import { ConfirmDialog } from '@/components/feedback/confirm-dialog';
import { EmptyState } from '@/components/feedback/empty-state';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { PageHead } from '@/components/frame/page-head';
import { useUrlParams } from '@/components/frame/url-params';
import { Button } from '@/components/ui/button';
import { useTRPC } from '@/lib/trpc/client';
import { Comparison, DRAFT, NOTHING } from './comparison';
import { VersionItem } from './version-item';

/** Every version there was, newest first, and any two of them side by side. */
export function Versions({ agentId }: { agentId: string }) {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [params, setParams] = useUrlParams();
  const [restoring, setRestoring] = useState<number | null>(null);
  const { data: agent } = useSuspenseQuery(trpc.agents.get.queryOptions({ org: slug, agentId }));
  const list = useSuspenseInfiniteQuery(trpc.agents.versions.infiniteQueryOptions({ org: slug, agentId }, paged));
  const versions = list.data.pages.flatMap((page) => page.items);

  const rollback = useMutation(
    trpc.agents.rollback.mutationOptions({
      onSuccess: ({ version }) => {
        void queryClient.invalidateQueries(trpc.agents.pathFilter());
        setRestoring(null);
        setParams({ from: null, to: null });
        toast.success(`Version ${version} is live`);
      },
      onError: toastError,
    }),
  );

  const newest = versions[0]?.version;
  const to = params.get('to') ?? (agent.unpublishedChanges || newest === undefined ? DRAFT : String(newest));
  const before = to === DRAFT ? (newest ?? 0) : Number(to) - 1;
  const from = params.get('from') ?? (before > 0 ? String(before) : NOTHING);

  return (
    <div className="mx-auto max-w-7xl">
      <PageHead
        title="Versions"
        facts={
          <Link href={`/${slug}/agents/${agentId}`} className="hover:text-foreground hover:underline">
            {agent.name}
          </Link>
        }
        actions={
          <Button variant="outline" asChild>
            <Link href={`/${slug}/agents/${agentId}`}>Back to the draft</Link>
          </Button>
        }
      />
      {versions.length === 0 ? (
        <EmptyState
          title="No versions yet"
          action={
            <Button asChild>
              <Link href={`/${slug}/agents/${agentId}`}>Open the draft</Link>
            </Button>
          }
        >
          Publishing the draft freezes it as version 1.
        </EmptyState>
      ) : (
        <div className="grid gap-6 border-t px-4 py-4 sm:px-6 min-[900px]:grid-cols-[22rem_1fr]">
          <div>
            <ol className="relative grid">
              {versions.map((version) => (
                <VersionItem
                  key={version.version}
                  version={version}
                  isLive={version.version === agent.publishedVersion}
                  isShown={to === String(version.version)}
                  archived={agent.status === 'archived'}
                  onShow={() => setParams({ to: String(version.version), from: null })}
                  onRestore={() => setRestoring(version.version)}
                />
              ))}
            </ol>
            <LoadMore list={list} />
          </div>
          <Comparison agent={agent} versions={versions} from={from} to={to} onChange={setParams} />
        </div>
      )}
      <ConfirmDialog
        open={restoring !== null}
        onOpenChange={() => setRestoring(null)}
        title={`Go back to version ${restoring}?`}
        description={`Its spec is published again as version ${(newest ?? 0) + 1} and becomes the draft. Unpublished changes of the draft are replaced.`}
        action="Go back"
        busy={rollback.isPending}
        onConfirm={() => restoring !== null && rollback.mutate({ org: slug, agentId, version: restoring })}
      />
    </div>
  );
}
