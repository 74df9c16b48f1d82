import { PERIOD_LABELS, SCOPE_LABELS } from '@/lib/budget-words';
import type { Budget } from '@/lib/contracts/budgets';

/** What a budget is for: the name, what that is, how often it begins anew. */
export const budgetTitle = ({ scope, scopeName }: Budget): string =>
  scopeName ?? (scope === 'member' ? 'Somebody who left' : `A ${SCOPE_LABELS[scope]} that is gone`);

export function BudgetName({ budget }: { budget: Budget }) {
  return (
    <p className="min-w-0 truncate">
      <span className="font-medium">{budgetTitle(budget)}</span>{' '}
      <span className="text-muted-foreground text-xs">
        {SCOPE_LABELS[budget.scope]} · {PERIOD_LABELS[budget.period].toLowerCase()}
      </span>
    </p>
  );
}
