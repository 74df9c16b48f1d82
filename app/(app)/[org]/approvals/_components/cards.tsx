'use client';

import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { ApprovalCard } from '@/components/approvals/approval-card';
import { LoadMore } from '@/components/data/load-more';
import { paged } from '@/components/data/paged';
import { useOrg } from '@/components/frame/org-context';
import type { ListApprovalsInput } from '@/lib/contracts/approvals';
import { useTRPC } from '@/lib/trpc/client';
import { DenyAll } from './deny-all';
import { NothingHere } from './nothing-here';

const LOOK_AGAIN_MS = 4_000;

/** The cards of one tab. New ones come in at the end, so that nothing moves under a key or a finger. */
export function Cards({ filter }: { filter: Pick<ListApprovalsInput, 'state' | 'agentId'> }) {
  const { slug } = useOrg();
  const list = useSuspenseInfiniteQuery(
    useTRPC().approvals.list.infiniteQueryOptions(
      { org: slug, ...filter },
      { ...paged, refetchInterval: filter.state === 'open' ? LOOK_AGAIN_MS : false },
    ),
  );
  const approvals = list.data.pages.flatMap((page) => page.items);
  if (approvals.length === 0) return <NothingHere filter={filter} />;
  return (
    <div className="max-w-3xl px-4 py-3 sm:px-6">
      <ul aria-label={filter.state === 'open' ? 'Open approvals' : 'Decided approvals'} className="grid gap-3">
        {approvals.map((approval, index) => (
          <li key={approval.id}>
            <ApprovalCard approval={approval} linked onDecide={() => focusBeside(index)} />
          </li>
        ))}
      </ul>
      {filter.state === 'open' && <DenyAll approvals={approvals.filter(({ mayDecide }) => mayDecide)} />}
      <LoadMore list={list} />
    </div>
  );
}

/** The next card has the focus when one is decided, so that the keyboard goes on. */
function focusBeside(index: number): void {
  const titles = document.querySelectorAll<HTMLElement>('main [data-row-link]');
  (titles[index + 1] ?? titles[index - 1])?.focus();
}
