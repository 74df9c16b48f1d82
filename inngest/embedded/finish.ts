import { canonicalJson, isObject, type Json } from './canonical';
import { internalEvent } from './events';
import type { RegisteredFunction } from './functions';
import { type Transition, transition } from './transition';
import type { Registry } from './triggers';

/** The run that ends, as far as others have to hear of it. */
export interface EndingRun {
  id: string;
  fn: Pick<RegisteredFunction, 'id'>;
  /** Canonical JSON of the event that had triggered it. */
  event: string;
  parent?: { runId: string; stepId: string };
}

export type Ending =
  | { status: 'completed'; output: Json }
  | { status: 'failed'; error: Json }
  | { status: 'cancelled' };

const CANCELLED: Json = { name: 'Error', message: 'The function was cancelled' };

/** The shape of errors on the wire (the SDK's `jsonErrorSchema`): always with a name and a message. */
export function errorJson(error: unknown): Json {
  if (isObject(error)) {
    const { name, message, error: other } = error;
    return {
      ...error,
      name: typeof name === 'string' && name ? name : 'Error',
      message: typeof message === 'string' && message ? message : typeof other === 'string' ? other : 'Unknown error',
    };
  }
  return { name: 'Error', message: typeof error === 'string' ? error : 'Unknown error' };
}

/** How a run ends: its result, the events `inngest/function.*`, the runs those start, and the step that invoked it. */
export function ending(registry: Registry, run: EndingRun, end: Ending, job?: Transition['job']): Transition {
  const result: Json = end.status === 'completed' ? end.output : end.status === 'failed' ? end.error : CANCELLED;
  const output = canonicalJson(result);
  const event: Json = JSON.parse(run.event);
  const outcome: { [key: string]: Json } = end.status === 'completed' ? { result } : { error: result };
  const nowMs = Date.now();
  const emitted = [
    internalEvent(
      'inngest/function.finished',
      { data: { function_id: run.fn.id, run_id: run.id, event, ...outcome, _inngest: { status: end.status } } },
      nowMs,
      run.id,
    ),
  ];
  if (end.status !== 'completed') {
    const name = `inngest/function.${end.status}`;
    const data = { function_id: run.fn.id, run_id: run.id, event, error: result };
    emitted.push(internalEvent(name, { data }, nowMs, run.id));
  }
  const arrivals = emitted.map((stored) => {
    const { event, ...begun } = registry.arrival(stored, { routed: true });
    return { ...begun, event: { ...event, quiet: begun.runs.length + begun.gathers.length === 0 } };
  });
  return transition({
    runId: run.id,
    job,
    outcome: 'finish',
    finish: { status: end.status, output },
    events: arrivals.map((arrival) => arrival.event),
    runs: arrivals.flatMap((arrival) => arrival.runs),
    cancels: arrivals.flatMap((arrival) => arrival.cancels),
    gathers: arrivals.flatMap((arrival) => arrival.gathers),
    done: run.parent
      ? [
          {
            runId: run.parent.runId,
            id: run.parent.stepId,
            name: run.fn.id,
            op: 'InvokeFunction',
            failed: end.status !== 'completed',
            value: output,
          },
        ]
      : [],
  });
}
