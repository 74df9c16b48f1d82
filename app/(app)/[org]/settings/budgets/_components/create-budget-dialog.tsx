'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { LimitField, microsOf } from '@/components/budgets/limit-field';
import { apiErrorOf } from '@/components/feedback/api-error';
import { FormDialog } from '@/components/feedback/form-dialog';
import { useOrg } from '@/components/frame/org-context';
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
  const submit = () => {
    if (ready) create.mutate({ org: slug, scope, scopeId: target?.id, period, limitMicros });
  };
  return (
    <FormDialog
      title="New budget"
      description="What was spent in the period before counts too."
      action="Create budget"
      isReady={ready}
      isPending={create.isPending}
      error={create.error}
      onSubmit={submit}
      onClose={onClose}
    >
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
        <TargetField key={scope} scope={scope} value={target} onChange={setTarget} error={error?.fields.scopeId} />
      )}
      <Choice
        label="Period"
        value={period}
        options={BudgetPeriod.options}
        labels={PERIOD_LABELS}
        onChange={setPeriod}
      />
      <LimitField value={limit} onChange={setLimit} error={error?.fields.limitMicros} />
    </FormDialog>
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
