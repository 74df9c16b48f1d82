import type { ActorType } from '@/lib/contracts/runs';
import type { Payers } from '../ledger/service';
import type { ModelFacts } from '../models/service';
import type { RunStart, Turn } from './transcript';

/** What is known of a run under way. */
export interface KnownRun {
  /** When it was read, `performance.now()`; what was written since has been added. */
  readAt: number;
  revision: number;
  given: Omit<RunStart, 'toolbox'>;
  startedBy: { type: ActorType; id: string };
  /** What they may do now. */
  permissions: readonly string[];
  /** What is known of the organization's models. */
  facts: ModelFacts;
  turns: Turn[];
  /** When the newest finished step ended; when there is none, when the run was queued. */
  lastEndedAt: Date;
  startedAt: Date | null;
  /** Whose budgets it is in. */
  payers: Payers;
  /** What its own calls have cost so far, in micro-dollars. */
  costMicros: number;
  /** How many runs are above it. */
  depth: number;
  /** Milliseconds in which people were waited for. */
  humanMs: number;
  /** Finished steps. */
  spans: Map<string, { seq: number; endedAt: Date }>;
  /** Spans under way by step: of this attempt's predecessors, or of steps beside it. */
  open: Map<string, number>;
}

/**
 * What this process knows of its runs stays for the step that follows at once, which need not read it again. It begins only
 * while the run is at the same revision and nobody has lost a right, so nothing of another process, of a person or of a step
 * beside it is overlooked; keys and prices of models may be as old as this.
 */
const FRESH_MS = 1_000;

// Next bundles what starts a run and what executes it apart; they share one process.
const shared = globalThis as typeof globalThis & { musterKnownRuns?: Map<string, KnownRun> };
shared.musterKnownRuns ??= new Map();
const runs = shared.musterKnownRuns;

const isFresh = ({ readAt }: KnownRun): boolean => performance.now() - readAt < FRESH_MS;

export function remember(runId: string, known: KnownRun): void {
  // Those that nobody came for, the oldest first.
  for (const [id, other] of runs) {
    if (isFresh(other)) break;
    runs.delete(id);
  }
  if (isFresh(known)) runs.set(runId, known);
}

/** Gives away what is known: who goes on from it, remembers what comes of it. */
export function recall(runId: string): KnownRun | undefined {
  const known = runs.get(runId);
  runs.delete(runId);
  return known && isFresh(known) ? known : undefined;
}
