import { z } from 'zod';
import { Page } from './paging';

/** What the server's operator sees of its runner: names, counts and times, never what events and steps contain. */

export const RUNNER_RUN_STATUSES = ['queued', 'running', 'waiting', 'completed', 'failed', 'cancelled'] as const;
export type RunnerRunStatus = (typeof RUNNER_RUN_STATUSES)[number];

export const ListRunnerRunsInput = Page.extend({
  status: z.enum(['active', 'completed', 'failed', 'cancelled']).optional(),
  functionId: z.string().max(500).optional(),
});
export type ListRunnerRunsInput = z.infer<typeof ListRunnerRunsInput>;

export const RunnerRunInput = z.object({ runId: z.string().regex(/^[0-9A-Z]{26}$/, 'Not the id of a run') });
export type RunnerRunInput = z.infer<typeof RunnerRunInput>;

/** `elsewhere`: another Inngest server executes the functions, and only it knows how. */
export type RunnerPlace = 'embedded' | 'separate' | 'elsewhere';

export interface RunnerFunction {
  id: string;
  appId: string;
  name: string;
  triggers: string[];
  /** Its flow control, a phrase each. */
  flow: string[];
  queued: number;
  running: number;
  failedLastDay: number;
}

export interface RunnerOverview {
  place: RunnerPlace;
  /** Host of the Inngest server, when it is elsewhere or separate. */
  host: string | null;
  queued: number;
  running: number;
  scheduled: number;
  failedLastDay: number;
  /** How long the oldest call of the queue has been due. */
  oldestMs: number;
  functions: RunnerFunction[];
}

export interface RunnerRun {
  id: string;
  functionId: string;
  status: RunnerRunStatus;
  eventName: string;
  createdAt: Date;
  endedAt: Date | null;
  steps: number;
  /** Of the call that is due or executing, from 1; null for what has ended or only waits. */
  attempt: number | null;
  lastError: string | null;
}

export interface RunnerStep {
  id: string;
  name: string;
  op: string;
  status: 'open' | 'completed' | 'failed';
  createdAt: Date;
  doneAt: Date | null;
}

export interface RunnerRunDetail extends RunnerRun {
  eventId: string;
  parentRunId: string | null;
  /** When the next thing of an active run is due: a retry, the end of a sleep, a time-out. */
  nextAt: Date | null;
  stepList: RunnerStep[];
}
