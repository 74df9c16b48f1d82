import type { Operation } from './answer';
import type { Call } from './call';
import { canonicalJson, isObject, type Json } from './canonical';
import { dueAtMs } from './durations';
import { internalEvent } from './events';
import { expressionFault, matchKey } from './expressions';
import { aiGatewayJob, gatewayJob } from './fetch-job';
import { errorJson } from './finish';
import { nameProblem } from './storable';
import type { DoneStep, PlannedStep, Transition } from './transition';
import type { Registry } from './triggers';

const TIMED_OUT: Json = {
  name: 'InngestInvokeTimeoutError',
  message: 'Timed out waiting for invoked function to complete',
};

export const asJson = (value: unknown): Json => (value === undefined ? null : (value as Json));

/** Steps the SDK has executed and reports: their results, or undefined for operations that are something else. */
export function doneStep(runId: string, operation: Operation): DoneStep | undefined {
  const { id, op, title, data, error } = operation;
  if (op === 'StepRun' || op === 'Step') {
    return { runId, id, name: title, op, failed: false, value: canonicalJson(asJson(data)) };
  }
  if (op === 'StepFailed' || op === 'StepError') {
    return { runId, id, name: title, op, failed: true, value: canonicalJson(errorJson(error ?? data)) };
  }
  return undefined;
}

/** Adds one operation to a transition; a text says why the run cannot go on. */
export function applyOperation(
  registry: Registry,
  call: Call,
  operation: Operation,
  change: Transition,
  version: number | undefined,
): string | undefined {
  const { runId } = call.job;
  const { id, op, name, title, opts } = operation;
  const done = doneStep(runId, operation);
  if (done) {
    change.done.push(done);
    return undefined;
  }
  // Version 1 has no coalescing: whatever ends, the function is entered at once, as in a race.
  const race = opts.parallelMode === 'race' || version === 1;
  // What races is waited for by nothing: the others of the race must not hold up what follows it.
  const plan = (waits: boolean): PlannedStep => ({ runId, id, name: title, op, waits: waits || race, race });
  const timer = (delayMs: number, payload?: string) =>
    change.jobs.push({ runId, key: `${id}:timer`, kind: 'timer', stepId: id, delayMs, payload });

  switch (op) {
    case 'DiscoveryRequest':
      return undefined;
    case 'StepPlanned': {
      change.planned.push(plan(false));
      change.jobs.push({ runId, key: id, kind: 'call', stepId: id, delayMs: 0 });
      return undefined;
    }
    case 'Sleep': {
      const due = name === '' ? Date.now() : dueAtMs(name);
      if (due === undefined)
        return `The sleep ${JSON.stringify(name)} is neither a duration nor a date, or lies beyond all dates`;
      change.planned.push(plan(true));
      timer(Math.max(0, due - Date.now()));
      return undefined;
    }
    case 'WaitForEvent': {
      const timeout = typeof opts.timeout === 'string' ? dueAtMs(opts.timeout) : undefined;
      if (timeout === undefined) return `The wait for ${name} has no valid timeout`;
      const problem = nameProblem(name);
      if (problem) return `The event ${JSON.stringify(name.slice(0, 100))} cannot be waited for: its name ${problem}`;
      const expression = typeof opts.if === 'string' && opts.if ? opts.if : undefined;
      const fault = expression && expressionFault(expression);
      if (fault) return fault;
      change.planned.push(plan(true));
      change.waits.push({
        runId,
        key: id,
        kind: 'event',
        eventName: name,
        expression,
        matchKey: matchKey(expression, JSON.parse(call.event)),
      });
      timer(Math.max(0, timeout - Date.now()));
      return undefined;
    }
    case 'WaitForSignal': {
      const timeout = typeof opts.timeout === 'string' ? dueAtMs(opts.timeout) : undefined;
      const signal = typeof opts.signal === 'string' ? opts.signal : name;
      if (timeout === undefined || signal === '')
        return `The wait for the signal ${signal} has no name or no valid timeout`;
      const problem = nameProblem(signal);
      if (problem)
        return `The signal ${JSON.stringify(signal.slice(0, 100))} cannot be waited for: its name ${problem}`;
      change.planned.push(plan(true));
      change.waits.push({ runId, key: id, kind: 'signal', eventName: signal, replaces: opts.conflict === 'replace' });
      timer(Math.max(0, timeout - Date.now()));
      return undefined;
    }
    case 'Gateway':
    case 'AIGateway': {
      const job = op === 'Gateway' ? gatewayJob(opts) : aiGatewayJob(opts);
      if ('refused' in job) return job.refused;
      change.planned.push(plan(false));
      change.jobs.push({ runId, key: id, kind: 'fetch', stepId: id, payload: job.payload, delayMs: 0 });
      return undefined;
    }
    case 'InvokeFunction': {
      const fn = typeof opts.function_id === 'string' ? registry.get(opts.function_id) : undefined;
      if (!fn) {
        const missing = errorJson(`There is no function ${JSON.stringify(opts.function_id)} to invoke`);
        change.done.push({ runId, id, name: title, op, failed: true, value: canonicalJson(missing) });
        return undefined;
      }
      const timeout = typeof opts.timeout === 'string' ? dueAtMs(opts.timeout) : undefined;
      const payload = isObject(opts.payload) ? opts.payload : {};
      const data: Json = {
        ...(isObject(payload.data) ? payload.data : {}),
        _inngest: { fn_id: fn.id, source_fn_id: call.fn.id, correlation_id: `${runId}.${id}` },
      };
      const { v, user } = payload;
      // However often it is reported, it has the id that the time of the run gives it; it happens now.
      const content = { data, ts: Date.now(), ...(v !== undefined && { v }), ...(user !== undefined && { user }) };
      const invoked = internalEvent('inngest/function.invoked', content, runTimeMs(call), runId, id);
      const begun = registry.begin(fn, invoked, { parent: { runId, stepId: id } });
      change.planned.push(plan(true));
      change.events.push(registry.arrival(invoked, { routed: true }).event);
      change.runs.push(begun.run);
      change.cancels.push(...begun.cancels);
      if (timeout !== undefined) timer(Math.max(0, timeout - Date.now()), canonicalJson(TIMED_OUT));
      return undefined;
    }
    default:
      return `The embedded runner does not know the operation ${op}`;
  }
}

/** A time that is the same whenever an operation is reported again, so that it names the same child run. */
const runTimeMs = (call: Call): number => {
  const event: Json = JSON.parse(call.event);
  return isObject(event) && typeof event.ts === 'number' && event.ts > 0 ? Math.trunc(event.ts) : 0;
};
