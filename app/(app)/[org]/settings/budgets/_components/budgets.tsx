'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { EmptyState } from '@/components/feedback/empty-state';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import type { Budget } from '@/lib/contracts/budgets';
import { useTRPC } from '@/lib/trpc/client';
import { SettingsSection } from '../../_components/settings-section';
import { BudgetRow } from './budget-row';
import { ChangeBudgetDialog } from './change-budget-dialog';
import { CreateBudgetDialog } from './create-budget-dialog';

export function Budgets() {
  const { slug, can } = useOrg();
  const [creating, setCreating] = useState(false);
  const [changing, setChanging] = useState<Budget | null>(null);
  const { data } = useSuspenseQuery(useTRPC().budgets.list.queryOptions({ org: slug }, { refetchInterval: 15_000 }));
  const mayWrite = can('budgets:write');
  const create = mayWrite && (
    <Button onClick={() => setCreating(true)}>
      <Plus /> New budget
    </Button>
  );
  return (
    <SettingsSection
      level={1}
      title="Budgets"
      help={
        <>
          The most that may be spent. Before each model call its highest price is set aside in every budget it falls
          under; a call that has no room is refused, so none is ever exceeded. Days and months are UTC.{' '}
          {can('spend:read') && (
            <Link href={`/${slug}/spend`} className="focus-ring rounded-sm text-link underline underline-offset-2">
              Where the money went
            </Link>
          )}
        </>
      }
      action={data.length > 0 && create}
    >
      {data.length === 0 ? (
        <div className="rounded-md border">
          <EmptyState title="No budgets yet" action={create}>
            Only the cost limit of each agent holds: it is for one run. A budget holds for all of them together.
          </EmptyState>
        </div>
      ) : (
        <ul className="divide-y border-y">
          {data.map((budget) => (
            <BudgetRow key={budget.id} budget={budget} onChange={() => setChanging(budget)} />
          ))}
        </ul>
      )}
      {creating && <CreateBudgetDialog onClose={() => setCreating(false)} />}
      {changing && <ChangeBudgetDialog budget={changing} onClose={() => setChanging(null)} />}
    </SettingsSection>
  );
}
