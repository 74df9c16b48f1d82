'use client';

import { useQuery } from '@tanstack/react-query';
import { TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { BudgetMeter, percentOf } from '@/components/budgets/budget-meter';
import { BudgetName, budgetTitle } from '@/components/budgets/budget-name';
import { useOrg } from '@/components/frame/org-context';
import { useTRPC } from '@/lib/trpc/client';

/** Budgets as they are now, whatever days are chosen: the fullest first, and which passed a threshold. */
export function SpendBudgets() {
  const { slug, can } = useOrg();
  const options = { enabled: can('budgets:read'), refetchInterval: 15_000 };
  const { data } = useQuery(useTRPC().budgets.list.queryOptions({ org: slug }, options));
  if (!data) return null;
  const budgets = data.toSorted((a, b) => percentOf(b) - percentOf(a));
  const passed = budgets.filter(({ alerted }) => alerted >= 80);
  return (
    <section aria-labelledby="budgets" className="px-4 pt-6 sm:px-6">
      <div className="flex items-baseline justify-between gap-3 pb-2">
        <h2 id="budgets" className="font-semibold text-base">
          Budgets
        </h2>
        <Link
          href={`/${slug}/settings/budgets`}
          className="focus-ring rounded-sm text-muted-foreground hover:text-foreground"
        >
          {can('budgets:write') ? 'Set budgets' : 'All budgets'}
        </Link>
      </div>
      {passed.length > 0 && (
        <p role="status" className="mb-3 flex items-center gap-2 rounded-md bg-waiting-tint px-3 py-2 text-waiting">
          <TriangleAlert className="size-4 shrink-0" aria-hidden />
          {passed.length === 1 ? 'One budget has' : `${passed.length} budgets have`} passed 80 %. Model calls are
          refused once a budget is used up.
        </p>
      )}
      {budgets.length === 0 ? (
        <p className="border-t py-3 text-muted-foreground">
          None. Only the cost limit of each agent holds: it is for one run.
        </p>
      ) : (
        <ul className="grid gap-x-8 gap-y-4 border-t pt-3 md:grid-cols-2">
          {budgets.map((budget) => (
            <li key={budget.id} className="grid gap-1.5">
              <BudgetName budget={budget} />
              <BudgetMeter budget={budget} label={`Spent of the budget of ${budgetTitle(budget)}`} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
