'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { BudgetMeter } from '@/components/budgets/budget-meter';
import { BudgetName, budgetTitle } from '@/components/budgets/budget-name';
import { RelativeTime } from '@/components/data/relative-time';
import { ConfirmDialog } from '@/components/feedback/confirm-dialog';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import type { Budget } from '@/lib/contracts/budgets';
import { useTRPC } from '@/lib/trpc/client';

export function BudgetRow({ budget, onChange }: { budget: Budget; onChange: () => void }) {
  const { slug, can } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [deleting, setDeleting] = useState(false);
  const remove = useMutation(
    trpc.budgets.delete.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.budgets.pathFilter());
        setDeleting(false);
      },
      onError: toastError,
    }),
  );
  const title = budgetTitle(budget);
  return (
    <li className="grid gap-2 py-3">
      <div className="flex items-center gap-2">
        <BudgetName budget={budget} />
        <span className="ml-auto shrink-0 text-muted-foreground text-xs max-sm:hidden">
          {budget.periodEnd && (
            <>
              begins anew <RelativeTime date={budget.periodEnd} />
            </>
          )}
        </span>
        {can('budgets:write') && (
          <>
            <Button variant="outline" size="sm" aria-label={`Change the limit of ${title}`} onClick={onChange}>
              Change
            </Button>
            <Button
              variant="outline"
              size="sm"
              aria-label={`Delete the budget of ${title}`}
              onClick={() => setDeleting(true)}
            >
              Delete
            </Button>
          </>
        )}
      </div>
      <BudgetMeter budget={budget} label={`Spent of the budget of ${title}`} />
      <ConfirmDialog
        open={deleting}
        onOpenChange={setDeleting}
        title={`Delete the budget of ${title}?`}
        description="Nothing holds its spending back from now on, but its other budgets. What was spent stays in the ledger."
        action="Delete"
        busy={remove.isPending}
        onConfirm={() => remove.mutate({ org: slug, budgetId: budget.id })}
      />
    </li>
  );
}
