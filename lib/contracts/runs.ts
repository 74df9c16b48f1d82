import { z } from 'zod';
import { Approval } from './approvals';
import { GuardFinding } from './guardrails';
import { Json } from './json';
import { Id, Ordinal, Page, Query } from './paging';
import { RoutingDecision } from './routing';
import { text } from './text';

export const RunStatus = z.enum(['queued', 'running', 'waiting', 'completed', 'failed', 'cancelled']);
export type RunStatus = z.infer<typeof RunStatus>;
export const isEnded = (status: RunStatus): boolean =>
  status === 'completed' || status === 'failed' || status === 'cancelled';

/** Where a run came from. */
export const RunTrigger = z.enum(['editor', 'app', 'api', 'demo', 'agent', 'link']);
export type RunTrigger = z.infer<typeof RunTrigger>;

/** Who may start a run: a member, a program with a key, a visitor of a public link. */
export const ActorType = z.enum(['user', 'apiKey', 'link']);
export type ActorType = z.infer<typeof ActorType>;

export const SpanKind = z.enum(['model', 'tool', 'human']);
export type SpanKind = z.infer<typeof SpanKind>;
export const SpanStatus = z.enum(['running', 'waiting', 'completed', 'failed', 'cancelled']);
export type SpanStatus = z.infer<typeof SpanStatus>;

/** What became of a step's result that a re-run took over. */
export const TakenOver = z.enum(['unchanged', 'edited']);
export type TakenOver = z.infer<typeof TakenOver>;

/** Why a run or a span failed; the message beside it says what to do. */
export const RunErrorCode = z.enum([
  'limit_steps',
  'limit_seconds',
  'limit_cost',
  'budget_exceeded',
  'model_unknown',
  'credential_missing',
  'provider_refused',
  'provider_unavailable',
  'provider_rate_limited',
  'provider_timeout',
  'provider_broken_answer',
  'tool_failed',
  'tool_denied',
  'guardrail_blocked',
  'output_invalid',
  'permission_lost',
  'interrupted',
  'internal',
]);
export type RunErrorCode = z.infer<typeof RunErrorCode>;

export const MAX_INPUT = 200_000;
export const RunInput = text(MAX_INPUT).regex(/\S/, 'Say what the agent should do: `input` is empty.');

export const StartRunInput = z.object({
  agentId: Id,
  input: RunInput,
  /** `draft` runs the unpublished spec, for tests; a number runs that version; omitted, the published one. */
  version: z.union([z.literal('draft'), Ordinal]).optional(),
  variables: z.record(z.string().max(40), text(10_000)).default({}),
  conversationId: Id.optional().describe('Continue the conversation of this run; omitted, a new one begins'),
});
export type StartRunInput = z.infer<typeof StartRunInput>;

export const RunRef = z.object({ runId: Id });
export type RunRef = z.infer<typeof RunRef>;
export const SpanRef = z.object({ runId: Id, seq: Ordinal });
export type SpanRef = z.infer<typeof SpanRef>;

/** What the run list can be narrowed by. `before`/`after` are ids: ids are in order of time. */
export const ListRunsInput = Page.extend({
  status: z.array(RunStatus).max(10).default([]),
  agentId: Id.optional(),
  conversationId: Id.optional(),
  workspaceId: Id.optional(),
  trigger: z.array(RunTrigger).max(10).default([]),
  minCostMicros: z.coerce.number().int().min(0).optional(),
  query: Query.describe('Text in the input or the output'),
});
export type ListRunsInput = z.infer<typeof ListRunsInput>;

/** How many runs match that are newer than `since`: the pill "12 new". Counts to 100. */
export const CountNewRunsInput = ListRunsInput.omit({ cursor: true, limit: true }).extend({ since: Id });
export type CountNewRunsInput = z.infer<typeof CountNewRunsInput>;

export const Usage = z.object({
  inputTokens: z.number().int(),
  cachedTokens: z.number().int().describe('Part of inputTokens read from the provider cache'),
  outputTokens: z.number().int(),
});
export type Usage = z.infer<typeof Usage>;

/** A run that was just recorded. */
export const StartedRun = z.object({ id: Id, agentId: Id, conversationId: Id });
export type StartedRun = z.infer<typeof StartedRun>;

/** A row of the list: no payload but a preview. */
export const RunSummary = z.object({
  id: Id,
  workspaceId: Id,
  agentId: Id,
  agentName: z.string(),
  version: z.number().nullable().describe('null: the draft'),
  conversationId: Id.describe('The first run of the conversation'),
  rerunOf: Id.nullable(),
  parentRunId: Id.nullable().describe('The run that gave this task away and waits for the answer'),
  resumedFrom: z.string().nullable().describe('The step a re-run went on at; null: from the beginning'),
  trigger: RunTrigger,
  status: RunStatus,
  actorName: z.string().nullable().describe('Person or API key that started it, or that it was a public link'),
  model: z.string(),
  inputPreview: z.string(),
  outputPreview: z.string().nullable(),
  errorCode: RunErrorCode.nullable(),
  errorMessage: z.string().nullable(),
  revision: z.number(),
  usage: Usage,
  costMicros: z.number().int().describe('Micro-dollars'),
  createdAt: z.date(),
  startedAt: z.date().nullable(),
  endedAt: z.date().nullable(),
});
export type RunSummary = z.infer<typeof RunSummary>;

export const Span = z.object({
  seq: z.number().int(),
  parentSeq: z.number().int().nullable(),
  kind: SpanKind,
  name: z.string().describe('Model or tool'),
  status: SpanStatus,
  attempt: z.number().int().describe('0 is the first'),
  stepKey: z.string(),
  takenOver: TakenOver.nullable().describe('From the run this one repeats: no work or cost of its own'),
  revision: z.number().int(),
  queuedAt: z.date(),
  startedAt: z.date(),
  firstTokenAt: z.date().nullable(),
  endedAt: z.date().nullable(),
  providerMs: z.number().int().nullable(),
  inputTokens: z.number().int().nullable(),
  cachedTokens: z.number().int().nullable(),
  outputTokens: z.number().int().nullable(),
  costMicros: z.number().int().nullable(),
  finishReason: z.string().nullable(),
  errorCode: RunErrorCode.nullable(),
  errorMessage: z.string().nullable(),
});
export type Span = z.infer<typeof Span>;

/** A whole run, without the payloads of its spans. */
export const Run = RunSummary.extend({
  input: z.string(),
  output: z.string().nullable(),
  variables: z.record(z.string(), z.string()),
  guarded: z.array(GuardFinding).describe('What guardrails found in the input, which is kept without it'),
  holdsBack: z.boolean().describe('Its answers are shown when the guardrails have passed them'),
  spans: z.array(Span),
  approvals: z.array(Approval),
});
export type Run = z.infer<typeof Run>;

/** One message a model was given. */
export const TranscriptMessage = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content: z.string() }),
  z.object({ role: z.literal('user'), content: z.string() }),
  z.object({
    role: z.literal('assistant'),
    content: z.string(),
    reasoning: z.string().optional(),
    toolCalls: z.array(z.object({ id: z.string(), name: z.string(), input: Json })).default([]),
    guarded: z.array(GuardFinding).optional().describe('What guardrails found; no model is told'),
    rejected: z
      .string()
      .optional()
      .describe("Why it does not fit the schema of the agent's answer; the model is asked again"),
  }),
  z.object({ role: z.literal('tool'), toolCallId: z.string(), name: z.string(), output: Json, isError: z.boolean() }),
]);
export type TranscriptMessage = z.infer<typeof TranscriptMessage>;

/** `input` of a model span: everything the provider was sent. `output` is an assistant TranscriptMessage. */
export const ModelSpanInput = z.object({
  messages: z.array(TranscriptMessage),
  tools: z.array(z.object({ name: z.string(), description: z.string(), inputSchema: Json })),
  parameters: z.record(z.string(), Json),
  routing: RoutingDecision.optional().describe('Where the agent has more than one model: why this one was asked'),
});
export type ModelSpanInput = z.infer<typeof ModelSpanInput>;

/** For a model span see ModelSpanInput; for a tool its arguments and its result. */
export const SpanPayload = z.object({ input: Json.nullable(), output: Json.nullable() });
export type SpanPayload = z.infer<typeof SpanPayload>;

/** Where a watcher is: everything up to `revision`, and of the model span `seq` the first `offset` characters. */
export const RunCursor = z.object({
  revision: z.number().int().min(0),
  seq: z.number().int().min(0),
  offset: z.number().int().min(0),
});
export type RunCursor = z.infer<typeof RunCursor>;
export const FIRST_CURSOR: Readonly<RunCursor> = Object.freeze({ revision: 0, seq: 0, offset: 0 });
export const formatCursor = (c: RunCursor): string => `${c.revision}.${c.seq}.${c.offset}`;
/** Reads `formatCursor`'s text; anything else is the beginning. */
export function parseCursor(text: string | null | undefined): RunCursor {
  const match = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/.exec(text ?? '');
  return match ? { revision: Number(match[1]), seq: Number(match[2]), offset: Number(match[3]) } : { ...FIRST_CURSOR };
}

export const WatchRunInput = z.object({ runId: Id, lastEventId: z.string().max(40).nullish() });
export type WatchRunInput = z.infer<typeof WatchRunInput>;

/**
 * What a watcher of a run is told. State, not history: `run` and `span` replace what was known of them, `text` belongs
 * at `offset` of the answer of model span `seq` (UTF-16 code units). `end` is the last.
 */
export const RunEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run'), run: RunSummary, output: z.string().nullable() }),
  z.object({ type: z.literal('span'), span: Span }),
  z.object({ type: z.literal('text'), seq: z.number().int(), offset: z.number().int(), delta: z.string() }),
  z.object({ type: z.literal('approval'), approval: Approval }),
  z.object({ type: z.literal('end') }),
]);
export type RunEvent = z.infer<typeof RunEvent>;

/** The last 24 hours at a glance. */
export const RunOverview = z.object({
  last24h: z.object({
    runs: z.number().int(),
    failed: z.number().int(),
    costMicros: z.number().int(),
    inputTokens: z.number().int(),
    outputTokens: z.number().int(),
    p50Ms: z.number().int().nullable(),
    p95Ms: z.number().int().nullable(),
  }),
  hours: z.array(
    z.object({ hour: z.date(), runs: z.number().int(), failed: z.number().int(), costMicros: z.number().int() }),
  ),
  waiting: z.array(RunSummary),
  recent: z.array(RunSummary),
});
export type RunOverview = z.infer<typeof RunOverview>;
