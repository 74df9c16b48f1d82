import type { BudgetScope } from '@/lib/contracts/budgets';
import { BudgetExceeded } from '../errors';

const OF: Record<BudgetScope, string> = {
  organization: 'the organization',
  workspace: 'the workspace',
  agent: 'this agent',
  api_key: 'this API key',
  member: 'this member',
};

/** Says whose budget has no room, and what to do. */
export const budgetExceeded = (scope: BudgetScope): BudgetExceeded =>
  new BudgetExceeded(
    `The budget of ${OF[scope]} has no room for another model call. Raise it in Settings › Budgets, or wait for its next period.`,
  );
