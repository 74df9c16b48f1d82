'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { budgetTitle } from '@/components/budgets/budget-name';
import { LimitField, microsOf } from '@/components/budgets/limit-field';
import { apiErrorOf } from '@/components/feedback/api-error';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import {
  Dialog,
  DialogBody,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '@/components/ui/dialog';
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
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (limitMicros !== undefined) change.mutate({ org: slug, budgetId: budget.id, limitMicros });
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent>
        <form className="contents" noValidate onSubmit={submit}>
          <DialogHeader>
            <DialogTitle>Budget of {budgetTitle(budget)}</DialogTitle>
            <DialogDescription>
              {formatCost(budget.spentMicros)} is spent{budget.period === 'total' ? '' : ' in this period'}. The new
              limit holds from the next model call on.
            </DialogDescription>
          </DialogHeader>
          <DialogBody className="grid gap-3 pt-1">
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
          </DialogBody>
          <DialogFooter>
            <Button variant="outline" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={limitMicros === undefined || change.isPending}>
              Save the limit
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
