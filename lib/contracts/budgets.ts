import { z } from 'zod';
import { Id } from './paging';

export const BudgetScope = z.enum(['organization', 'workspace', 'agent', 'api_key', 'member']);
export type BudgetScope = z.infer<typeof BudgetScope>;

/** Calendar days and months in UTC; `total` never begins anew. */
export const BudgetPeriod = z.enum(['day', 'month', 'total']);
export type BudgetPeriod = z.infer<typeof BudgetPeriod>;

/** Per cent of a limit at which people are told. */
export const BUDGET_THRESHOLDS = [50, 80, 100] as const;

export const Budget = z.object({
  id: Id,
  scope: BudgetScope,
  scopeId: Id,
  period: BudgetPeriod,
  limitMicros: z.number().int().describe('Micro-dollars'),
  spentMicros: z.number().int().describe('In the current period'),
  reservedMicros: z.number().int().describe('Set aside for calls under way'),
  createdAt: z.date(),
});
export type Budget = z.infer<typeof Budget>;
