import type { RegisteredFunction } from './functions';
import type { ClaimedJob, Row } from './job';
import type { ServeRequest } from './transport';

export interface MemoisedStep {
  id: string;
  failed: boolean;
  /** Canonical JSON of its data or of its error. */
  value: string;
}

/** A claimed job with what the SDK needs to know of its run. */
export interface Call {
  job: ClaimedJob;
  fn: RegisteredFunction;
  /** Canonical JSON of the event that triggered the run; of a batch, the first. */
  event: string;
  /** All events of a batch. */
  events?: string[];
  version: number;
  /** Steps that something else executes or that wait. */
  open: number;
  doneCount: number;
  parent?: { runId: string; stepId: string };
  /** In the order of their completion. */
  steps: MemoisedStep[];
}

/** `qi_id` of a call; the SDK sends it back with each checkpoint. */
export const queueItem = (job: { runId: string; key: string }): string => `${job.runId}/${job.key}`;

/** Canonical JSON of the events of a run, read with LOAD_RUNS. */
export const eventsOf = (row: Row): string[] =>
  typeof row.events === 'string' ? (JSON.parse(row.events) as string[]) : [String(row.event)];

/** The memoised steps as the SDK reads them (`stepSchema`), canonical. */
export function stepsBody(steps: MemoisedStep[]): string {
  const member = ({ id, failed, value }: MemoisedStep) =>
    `${JSON.stringify(id)}:${failed ? `{"error":${value},"type":"error"}` : `{"data":${value},"type":"data"}`}`;
  return `{${[...steps]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(member)
    .join(',')}}`;
}

/**
 * The body of a call, canonical by construction: members are in the order of their names. `fn_id` turns checkpointing
 * on. While something is open the SDK must not execute what it finds, as that is planned and executed elsewhere.
 * Protocol: `parseFnData` of the SDK.
 */
export function callBody({ job, fn, event, events = [event], version, open, steps }: Call): string {
  const stack = steps.map(({ id }) => JSON.stringify(id)).join(',');
  return (
    `{"ctx":{"attempt":${job.attempt},"disable_immediate_execution":${open > 0 && !job.stepId},` +
    `"fn_id":${JSON.stringify(fn.id)},"max_attempts":${fn.maxAttempts},"qi_id":${JSON.stringify(queueItem(job))},` +
    `"run_id":${JSON.stringify(job.runId)},"stack":{"current":${steps.length},"stack":[${stack}]},"use_api":false},` +
    `"event":${event},"events":[${events.join(',')}],"steps":${stepsBody(steps)},"version":${version}}`
  );
}

/** The request of a call. `x-request-id` names the owner of the lease, the generation is the fence. */
export function callRequest(call: Call, to: { serveUrl?: URL; owner: string; signal: AbortSignal }): ServeRequest {
  const { job, fn } = call;
  const url = new URL(to.serveUrl ?? fn.serveUrl ?? '');
  url.searchParams.set('fnId', fn.id);
  url.searchParams.set('stepId', job.stepId ?? 'step');
  return {
    method: 'POST',
    url,
    body: callBody(call),
    signal: to.signal,
    headers: {
      'content-type': 'application/json',
      host: url.host,
      'x-inngest-generation-id': String(job.generation),
      'x-inngest-job-id': queueItem(job),
      'x-request-id': `${to.owner}-${job.generation}`,
      'x-run-id': job.runId,
    },
  };
}
