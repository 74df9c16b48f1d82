'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
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
import { Field } from '@/components/ui/field';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import { PERIOD_LABELS, SCOPE_LABELS } from '@/lib/budget-words';
import { BudgetPeriod, BudgetScope, type BudgetTarget } from '@/lib/contracts/budgets';
import { useTRPC } from '@/lib/trpc/client';
import { TargetField } from './target-field';

export function CreateBudgetDialog({ onClose }: { onClose: () => void }) {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [scope, setScope] = useState<BudgetScope>('organization');
  const [target, setTarget] = useState<BudgetTarget | null>(null);
  const [period, setPeriod] = useState<BudgetPeriod>('month');
  const [limit, setLimit] = useState('');
  const create = useMutation(
    trpc.budgets.create.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.budgets.pathFilter());
        onClose();
      },
    }),
  );
  const limitMicros = microsOf(limit);
  const error = create.isError ? apiErrorOf(create.error) : null;
  const ready = limitMicros !== undefined && (scope === 'organization' || target !== null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) create.mutate({ org: slug, scope, scopeId: target?.id, period, limitMicros });
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent>
        <form className="contents" noValidate onSubmit={submit}>
          <DialogHeader>
            <DialogTitle>New budget</DialogTitle>
            <DialogDescription>What was spent in the period before counts too.</DialogDescription>
          </DialogHeader>
          <DialogBody className="grid gap-4 pt-1">
            <Choice
              label="For"
              value={scope}
              options={BudgetScope.options}
              labels={SCOPE_LABELS}
              onChange={(next) => {
                setScope(next);
                setTarget(null);
              }}
            />
            {scope !== 'organization' && (
              <TargetField
                key={scope}
                scope={scope}
                value={target}
                onChange={setTarget}
                error={error?.fields.scopeId}
              />
            )}
            <Choice
              label="Period"
              value={period}
              options={BudgetPeriod.options}
              labels={PERIOD_LABELS}
              onChange={setPeriod}
            />
            <LimitField value={limit} onChange={setLimit} error={error?.fields.limitMicros} />
            {error && Object.keys(error.fields).length === 0 && (
              <p role="alert" className="text-destructive">
                {error.message}
              </p>
            )}
          </DialogBody>
          <DialogFooter>
            <Button variant="outline" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!ready || create.isPending}>
              Create budget
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}

function Choice<T extends string>({
  label,
  value,
  options,
  labels,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly T[];
  labels: Record<T, string>;
  onChange: (value: T) => void;
}) {
  return (
    <Field label={label}>
      {({ id }) => (
        <Select value={value} onValueChange={(next) => onChange(next as T)}>
          <SelectTrigger id={id} className="w-44">
            <SelectValue />
          </SelectTrigger>
          <SelectContent>
            {options.map((option) => (
              <SelectItem key={option} value={option}>
                {labels[option]}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      )}
    </Field>
  );
}
