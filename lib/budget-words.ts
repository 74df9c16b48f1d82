import type { Budget, BudgetPeriod, BudgetScope } from './contracts/budgets';
import { formatCost } from './format';

/** How a budget is spoken of: on pages, in mails, in errors. */

export const SCOPE_LABELS: Record<BudgetScope, string> = {
  organization: 'Organization',
  workspace: 'Workspace',
  agent: 'Agent',
  api_key: 'API key',
  member: 'Member',
  link: 'Public link',
};

export const PERIOD_LABELS: Record<BudgetPeriod, string> = {
  day: 'Each day',
  month: 'Each month',
  total: 'In total',
};

const OF: Record<BudgetScope, string> = {
  organization: 'the organization',
  workspace: 'the workspace',
  agent: 'the agent',
  api_key: 'the API key',
  member: 'the member',
  link: 'the public link of',
};

const ADJECTIVE: Record<BudgetPeriod, string> = { day: 'daily ', month: 'monthly ', total: '' };

/** `the daily budget of the agent Support, $1.00`. */
export const nameBudget = ({ scope, scopeName, period, limitMicros }: Omit<BudgetFacts, 'scopeId'>): string =>
  `the ${ADJECTIVE[period]}budget of ${OF[scope]}${scope === 'organization' || !scopeName ? '' : ` ${scopeName}`}, ${formatCost(limitMicros)}`;

type BudgetFacts = Pick<Budget, 'scope' | 'scopeId' | 'scopeName' | 'period' | 'limitMicros'>;

/** What ends it by itself: `at midnight UTC`; nothing for a budget that never begins anew. */
export const beginsAnew = (period: BudgetPeriod): string | undefined =>
  period === 'day' ? 'at midnight UTC' : period === 'month' ? 'on the first of the month, UTC' : undefined;
