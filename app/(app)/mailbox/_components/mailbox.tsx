'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { FilterLimit } from '@/components/data/filter-limit';
import { LoadMore } from '@/components/data/load-more';
import { paged } from '@/components/data/paged';
import { EmptyState } from '@/components/feedback/empty-state';
import { ErrorState } from '@/components/feedback/error-state';
import { ListSkeleton } from '@/components/feedback/list-skeleton';
import { useUrlParams } from '@/components/frame/url-params';
import { Input } from '@/components/ui/input';
import { useTRPC } from '@/lib/trpc/client';
import { MailItem } from './mail-item';

const REFRESH_MS = 3_000;

export function Mailbox() {
  const state = useQuery(useTRPC().mailbox.state.queryOptions());
  return (
    <>
      <h1 className="font-semibold text-xl">Local mailbox</h1>
      {state.isError && <ErrorState error={state.error} retry={() => state.refetch()} />}
      {state.isPending && <ListSkeleton rows={4} />}
      {state.data === 'off' && (
        <p className="mt-1 text-base text-muted-foreground">Mail leaves through the mail server that is set up.</p>
      )}
      {state.data === 'closed' && <Closed />}
      {state.data === 'open' && <Open />}
    </>
  );
}

function Closed() {
  return (
    <div className="mt-1 grid gap-3 text-base text-muted-foreground">
      <p>
        Messages in it open accounts, so it is not for everybody. It opens for the person of the first start, signed in,
        and, while the server has no public address, in a browser on the server&apos;s own machine at{' '}
        <span className="font-mono text-sm">localhost</span>.
      </p>
      <p>
        To have messages delivered instead, set <span className="font-mono text-sm">MUSTER_SMTP_URL</span>.
      </p>
    </div>
  );
}

function Open() {
  const [params, set] = useUrlParams();
  const to = (params.get('to') ?? '').slice(0, 254);
  const list = useInfiniteQuery(
    useTRPC().mailbox.list.infiniteQueryOptions({ to }, { ...paged, refetchInterval: REFRESH_MS }),
  );
  const mails = list.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <p className="mt-1 text-base text-muted-foreground">
        No mail server is set up, so what Muster would send is kept here for a week. Messages open accounts: set{' '}
        <span className="font-mono text-sm">MUSTER_SMTP_URL</span> before others use this server.
      </p>
      <search className="block py-5">
        <Input
          type="search"
          data-filter
          aria-label="Only messages to this address"
          placeholder="Only messages to this address"
          defaultValue={to}
          onChange={(event) => set({ to: event.target.value.trim() || null })}
        />
        <FilterLimit length={params.get('to')?.length ?? 0} most={254} />
      </search>
      {list.isError && <ErrorState error={list.error} retry={() => list.refetch()} />}
      {list.isPending && <ListSkeleton rows={4} />}
      {list.isSuccess && mails.length === 0 && (
        <EmptyState title={to ? 'No message to this address yet' : 'No message yet'}>
          A message appears here a moment after it was asked for.
        </EmptyState>
      )}
      <ul aria-label="Messages" className="grid gap-3">
        {mails.map((mail, index) => (
          <MailItem key={mail.id} mail={mail} isNewest={index === 0} />
        ))}
      </ul>
      <LoadMore list={list} />
    </>
  );
}
