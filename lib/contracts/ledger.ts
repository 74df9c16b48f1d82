import { z } from 'zod';
import { Id, Page } from './paging';
import { ActorType } from './runs';
import { text } from './text';

export const LedgerKind = z.enum(['reserve', 'settle', 'release']);
export type LedgerKind = z.infer<typeof LedgerKind>;

/** Days in UTC, both included, and what to narrow them to. */
const filter = {
  from: z.iso.date('A day is written 2026-11-20.'),
  to: z.iso.date('A day is written 2026-11-20.'),
  workspaceId: Id.optional(),
  agentId: Id.optional(),
  actorId: Id.optional().describe('A member, an API key or a public link'),
  item: text(200).optional().describe('A model, as `provider/model`'),
};
const inOrder = ({ from, to }: { from: string; to: string }): boolean => from <= to;
const ORDER = { message: 'The range ends before it begins.', path: ['to'] };

export const SpendInput = z.object(filter).refine(inOrder, ORDER);
export type SpendInput = z.infer<typeof SpendInput>;

export const ListLedgerInput = Page.extend(filter).refine(inOrder, ORDER);
export type ListLedgerInput = z.infer<typeof ListLedgerInput>;

/** What some calls cost together. */
export const Spent = z.object({
  costMicros: z.number().int().describe('Micro-dollars'),
  estimatedMicros: z.number().int().describe('Part of it that the provider told no believable numbers for'),
  calls: z.number().int(),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
});
export type Spent = z.infer<typeof Spent>;

export const SpentBy = Spent.extend({
  id: z.string().describe('Of the agent, member, key, public link or workspace; of a model its name'),
  name: z.string().nullable().describe('null: it is gone'),
});
export type SpentBy = z.infer<typeof SpentBy>;

/** Where the money of a range went; each list has the largest first, 100 at most. */
export const Spend = z.object({
  total: Spent,
  days: z.array(Spent.extend({ day: z.iso.date() })).describe('Days on which something was called, oldest first'),
  agents: z.array(SpentBy),
  models: z.array(SpentBy),
  members: z.array(SpentBy),
  apiKeys: z.array(SpentBy),
  publicLinks: z.array(SpentBy).describe('Each under the name of its agent'),
  workspaces: z.array(SpentBy),
});
export type Spend = z.infer<typeof Spend>;

/** How a call ended: what it cost, or that what was set aside for it is free again. */
export const LedgerEntry = z.object({
  runId: Id,
  seq: z.number().int().describe('The span of the run'),
  kind: LedgerKind,
  item: z.string(),
  costMicros: z.number().int(),
  reservedMicros: z.number().int().describe('What had been set aside'),
  estimated: z.boolean(),
  inputTokens: z.number().int(),
  cachedTokens: z.number().int(),
  outputTokens: z.number().int(),
  workspaceId: Id,
  workspaceName: z.string().nullable(),
  agentId: Id,
  agentName: z.string().nullable(),
  actorType: ActorType,
  actorId: Id,
  actorName: z.string().nullable(),
  createdAt: z.date(),
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;

/**
 * Two accounts of the same money that differ. `call`: ledger and span; `run`: a run and its calls; `budget`: a counter and
 * the ledger, which is right.
 */
export const LedgerDifference = z.object({
  kind: z.enum(['call', 'run', 'budget']),
  /** Of the run or the budget. */
  id: Id,
  seq: z.number().int().optional(),
  /** What was written there, and what the ledger says. */
  costMicros: z.tuple([z.number().int(), z.number().int()]),
  reservedMicros: z.tuple([z.number().int(), z.number().int()]),
});
export type LedgerDifference = z.infer<typeof LedgerDifference>;

export const LedgerCheck = z.object({
  checkedAt: z.date(),
  wholeAt: z.date().nullable().describe('When everything was looked at, and not only what was new'),
  runs: z.number().int(),
  budgets: z.number().int(),
  released: z.number().int().describe('Calls that nobody would settle any more'),
  differing: z.number().int(),
  differences: z.array(LedgerDifference),
});
export type LedgerCheck = z.infer<typeof LedgerCheck>;
