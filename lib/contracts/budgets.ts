import { z } from 'zod';
import { Id, Query } from './paging';

export const BudgetScope = z.enum(['organization', 'workspace', 'agent', 'api_key', 'member', 'link']);
export type BudgetScope = z.infer<typeof BudgetScope>;

/** Calendar days and months in UTC; `total` never begins anew. */
export const BudgetPeriod = z.enum(['day', 'month', 'total']);
export type BudgetPeriod = z.infer<typeof BudgetPeriod>;

/** Per cent of a limit at which people are told. */
export const BUDGET_THRESHOLDS = [50, 80, 100] as const;

const Limit = z
  .number()
  .int()
  .min(0, 'A limit is 0 or more.')
  .max(1e15, 'At most a billion dollars.')
  .describe('Micro-dollars; 0 stops every model call that costs something');

export const Budget = z.object({
  id: Id,
  scope: BudgetScope,
  scopeId: Id,
  scopeName: z.string().nullable().describe('null: it is gone, or its member left'),
  period: BudgetPeriod,
  limitMicros: z.number().int().describe('Micro-dollars'),
  spentMicros: z.number().int().describe('In the current period'),
  reservedMicros: z.number().int().describe('Set aside for calls under way'),
  alerted: z.number().int().describe('The highest threshold passed in this period, in per cent: 0, 50, 80 or 100'),
  periodStart: z.date().nullable().describe('null: of all time'),
  periodEnd: z.date().nullable(),
  createdAt: z.date(),
});
export type Budget = z.infer<typeof Budget>;

export const CreateBudgetInput = z.object({
  scope: BudgetScope,
  scopeId: Id.optional().describe(
    'Of the workspace, agent, API key, member or public link; omitted for the organization',
  ),
  period: BudgetPeriod,
  limitMicros: Limit,
});
export type CreateBudgetInput = z.infer<typeof CreateBudgetInput>;

export const BudgetRef = z.object({ budgetId: Id });
export type BudgetRef = z.infer<typeof BudgetRef>;

export const ChangeBudgetInput = BudgetRef.extend({ limitMicros: Limit });
export type ChangeBudgetInput = z.infer<typeof ChangeBudgetInput>;

/** What a budget of this scope can be made for. */
export const ListTargetsInput = z.object({
  scope: BudgetScope.exclude(['organization']),
  query: Query.describe('Part of its name'),
});
export type ListTargetsInput = z.infer<typeof ListTargetsInput>;

export const BudgetTarget = z.object({ id: Id, name: z.string() });
export type BudgetTarget = z.infer<typeof BudgetTarget>;
