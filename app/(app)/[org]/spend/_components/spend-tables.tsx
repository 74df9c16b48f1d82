'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { EmptyState } from '@/components/feedback/empty-state';
import { useOrg } from '@/components/frame/org-context';
import type { SpendInput } from '@/lib/contracts/ledger';
import { useTRPC } from '@/lib/trpc/client';
import { DayBars } from './day-bars';
import { SpendTable } from './spend-table';
import { SpendTotal } from './spend-total';

export function SpendTables({ input }: { input: SpendInput & { org: string } }) {
  const { slug, workspaces } = useOrg();
  const { data } = useSuspenseQuery(useTRPC().ledger.spend.queryOptions(input));
  const { total, days, agents, models, members, apiKeys, publicLinks, workspaces: spentIn } = data;
  const slugOf = new Map(workspaces.map((workspace) => [workspace.id, workspace.slug]));
  const table = { totalMicros: total.costMicros };
  return (
    <>
      <section aria-label="In total" className="mx-4 rounded-md border sm:mx-6">
        <SpendTotal total={total} />
        <div className="border-t px-4 pt-3 pb-2">
          <DayBars days={days} from={input.from} to={input.to} />
        </div>
      </section>
      {total.calls === 0 ? (
        <EmptyState title="No model was called in these days">Choose others, or run an agent.</EmptyState>
      ) : (
        <div className="grid gap-x-8 gap-y-6 px-4 pt-6 sm:px-6 xl:grid-cols-2">
          <SpendTable
            {...table}
            title="Agents"
            rows={agents}
            param="agent"
            gone="An agent that is gone or private"
            more={(id) => ({ label: 'Runs', href: `/${slug}/runs?q=agent:${id}` })}
          />
          <SpendTable {...table} title="Models" rows={models} param="model" gone="" />
          <SpendTable {...table} title="Members" rows={members} param="by" gone="Somebody who left" />
          <SpendTable {...table} title="API keys" rows={apiKeys} param="by" gone="A key that is gone" />
          <SpendTable
            {...table}
            title="Public links"
            rows={publicLinks}
            param="by"
            gone="A link that is gone or private"
          />
          <SpendTable
            {...table}
            title="Workspaces"
            rows={spentIn}
            gone="A workspace that is gone"
            more={(id) => ({ label: 'Runs', href: `/${slug}/runs?workspace=${slugOf.get(id) ?? ''}` })}
          />
        </div>
      )}
    </>
  );
}
