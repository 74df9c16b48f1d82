'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { RelativeTime } from '@/components/data/relative-time';
import { useOrg } from '@/components/frame/org-context';
import { formatCount } from '@/lib/format';
import { useTRPC } from '@/lib/trpc/client';

/** How the last check of the ledger ended. */
export function CheckLine() {
  const { slug } = useOrg();
  const { data: check } = useSuspenseQuery(useTRPC().ledger.check.queryOptions({ org: slug }));
  if (!check) return <>The ledger is checked every hour against every call; the first time within an hour.</>;
  const { checkedAt, differing, runs, released } = check;
  return (
    <>
      Checked <RelativeTime date={checkedAt} />:{' '}
      {differing === 0 ? (
        <>
          the ledger agrees with every call of {formatCount(runs)} {runs === 1 ? 'run' : 'runs'}
        </>
      ) : (
        <span className="text-failed">
          {formatCount(differing)} {differing === 1 ? 'difference' : 'differences'} between the ledger and calls, runs
          or budgets; the audit has the details
        </span>
      )}
      {released > 0 && `; ${formatCount(released)} ${released === 1 ? 'call' : 'calls'} nobody would settle released`}.
    </>
  );
}
