import { MAX_QUERY } from '@/lib/contracts/paging';
import type { RunQuery } from './run-query';

/** The part of the query that needs no lookup, as input of the list. */
export const runFilter = ({ status, trigger, minCostMicros, text }: RunQuery) => ({
  status,
  trigger,
  minCostMicros: minCostMicros ?? undefined,
  query: text.slice(0, MAX_QUERY),
});
