'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { budgetTitle } from '@/components/budgets/budget-name';
import { LimitField, microsOf } from '@/components/budgets/limit-field';
import { apiErrorOf } from '@/components/feedback/api-error';
import { FormDialog } from '@/components/feedback/form-dialog';
import { useOrg } from '@/components/frame/org-context';
import type { Budget } from '@/lib/contracts/budgets';
import { formatCost } from '@/lib/format';
import { useTRPC } from '@/lib/trpc/client';

export function ChangeBudgetDialog({ budget, onClose }: { budget: Budget; onClose: () => void }) {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [limit, setLimit] = useState(String(budget.limitMicros / 1e6));
  const change = useMutation(
    trpc.budgets.change.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.budgets.pathFilter());
        onClose();
      },
    }),
  );
  const limitMicros = microsOf(limit);
  const isBelow = limitMicros !== undefined && limitMicros <= budget.spentMicros;
  const submit = () => {
    if (limitMicros !== undefined) change.mutate({ org: slug, budgetId: budget.id, limitMicros });
  };
  return (
    <FormDialog
      title={<>Budget of {budgetTitle(budget)}</>}
      description={
        <>
          {formatCost(budget.spentMicros)} is spent{budget.period === 'total' ? '' : ' in this period'}. The new limit
          holds from the next model call on.
        </>
      }
      action="Save the limit"
      isReady={limitMicros !== undefined}
      isPending={change.isPending}
      error={change.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <LimitField
        autoFocus
        value={limit}
        onChange={setLimit}
        error={change.isError ? apiErrorOf(change.error).message : undefined}
      />
      {isBelow && (
        <p role="status" className="text-waiting">
          No more than is spent already: the next model call is refused.
        </p>
      )}
    </FormDialog>
  );
}
