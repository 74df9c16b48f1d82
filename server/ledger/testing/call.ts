import { StartRunInput } from '@/lib/contracts/runs';
import type { OrgContext } from '../../context';
import { startRun } from '../../runs/service';
import { openSpan, type Refusal } from '../../runs/span-begin';
import { closeSpan, endRun } from '../../runs/span-end';

/** A model call under way, without a model: what the engine's statements make of it. */
export interface Call {
  runId: string;
  seq: number;
  grantedMicros: number;
  /** It ended and cost so much. */
  settle(costMicros: number, estimated?: boolean): Promise<void>;
  /** It failed, and cost nothing. */
  release(): Promise<void>;
  /** Its run was cancelled; the call goes on. */
  cancel(): Promise<boolean>;
}

const NOTHING = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 };

/** Thrown by `call` when there is no money. */
export class Refused extends Error implements Refusal {
  readonly refusedBy: Refusal['refusedBy'];
  readonly later: boolean;
  constructor({ refusedBy, later }: Refusal) {
    super(`refused by ${refusedBy}`);
    this.refusedBy = refusedBy;
    this.later = later;
  }
}

/** A run of its own that begins a call which may cost `micros`, and `least` if that is all there is. */
export async function call(ctx: OrgContext, agentId: string, micros: number, options: Options = {}): Promise<Call> {
  const { id } = await startRun(ctx, StartRunInput.parse({ agentId, input: 'x' }), 'app');
  return callIn(ctx, id, micros, options);
}

interface Options {
  runLimitMicros?: number;
  stepKey?: string;
}

/** The same in a run that is there. @throws Refused */
export async function callIn(
  ctx: OrgContext,
  runId: string,
  micros: number,
  { runLimitMicros = 1_000_000_000, stepKey = 'm0' }: Options = {},
): Promise<Call> {
  const charge = { base: micros * 1e6, outputRate: 0, wantedTokens: 1, leastTokens: 1, runLimitMicros };
  const opened = await openSpan(ctx, {
    runId,
    stepKey,
    kind: 'model',
    name: 'sandbox/scripted',
    status: 'running',
    queuedAt: new Date(),
    charge,
  });
  if (!opened) throw new Error('the run is over');
  if (!('seq' in opened)) throw new Refused(opened);
  const { seq, grantedMicros } = opened;
  const end = async (span: object) => void (await closeSpan(ctx, { runId, seq, status: 'completed', ...span }));
  return {
    runId,
    seq,
    grantedMicros,
    settle: (costMicros, usageEstimated = false) =>
      end({ costMicros, usage: NOTHING, usageEstimated, runLimitMicros, end: { status: 'completed', output: 'x' } }),
    release: () => end({ status: 'failed' }),
    cancel: () => endRun(ctx, runId, { status: 'cancelled' }),
  };
}
