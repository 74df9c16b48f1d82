import type { Answer, Operation } from './answer';
import { backoffMs } from './backoff';
import type { Call } from './call';
import { byteLength, canonicalJson, isObject, type Json } from './canonical';
import { dueAtMs, durationMs } from './durations';
import { internalEvent } from './events';
import { matchKey, parses } from './expressions';
import { type Ending, ending, errorJson } from './finish';
import { sha1 } from './ids';
import { limitExceeded } from './limits';
import { type DoneStep, type PlannedStep, type Transition, transition } from './transition';
import type { Registry } from './triggers';

export interface Rules {
  registry: Registry;
  backoffMs: readonly number[];
}

/** The id under which the SDK reports the end of the function itself among operations. */
const COMPLETE = sha1('complete');
/** Answers of the SDK that are no function error (an unknown function, say) before a run is given up: some three hours. */
const MAX_SDK_TROUBLE = 20;
const TIMED_OUT: Json = {
  name: 'InngestInvokeTimeoutError',
  message: 'Timed out waiting for the invoked function to complete',
};

const asJson = (value: unknown): Json => (value === undefined ? null : (value as Json));
const jobOf = ({ job }: Call) => ({ key: job.key, generation: job.generation });

export function failRun(rules: Rules, call: Call, error: unknown): Transition {
  return end(rules, call, { status: 'failed', error: errorJson(error) });
}

const end = ({ registry }: Rules, call: Call, how: Ending): Transition =>
  ending(registry, { id: call.job.runId, fn: call.fn, event: call.event, parent: call.parent }, how, jobOf(call));

const retry = (call: Call, delayMs: number, changed: Partial<Transition>): Transition =>
  transition({
    runId: call.job.runId,
    job: jobOf(call),
    outcome: 'retry',
    attempt: call.job.attempt,
    failures: call.job.failures,
    delayMs,
    ...changed,
  });

/** What an answer of the SDK changes. */
export function transitionOf(rules: Rules, call: Call, answer: Answer): Transition {
  const { job } = call;
  switch (answer.kind) {
    case 'completed':
      return end(rules, call, { status: 'completed', output: asJson(answer.output) });
    case 'failed':
      return functionFailed(rules, call, answer);
    case 'step-missing':
      return functionFailed(rules, call, { error: { name: 'StepNotFound', message: answer.message }, retriable: true });
    case 'trouble': {
      if (answer.answered && job.failures >= MAX_SDK_TROUBLE) return failRun(rules, call, answer.reason);
      return retry(call, backoffMs(rules.backoffMs, job.failures), { failures: job.failures + 1 });
    }
    case 'operations':
      return operations(rules, call, answer);
  }
}

function functionFailed(
  rules: Rules,
  call: Call,
  { error, retriable, retryAfterMs }: { error: unknown; retriable: boolean; retryAfterMs?: number },
): Transition {
  const { attempt } = call.job;
  if (!retriable || attempt + 1 >= call.fn.maxAttempts) return failRun(rules, call, error);
  return retry(call, retryAfterMs ?? backoffMs(rules.backoffMs, attempt), { attempt: attempt + 1 });
}

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

function operations(rules: Rules, call: Call, answer: Extract<Answer, { kind: 'operations' }>): Transition {
  const { job, fn } = call;
  const found = answer.operations;
  const tooMany = limitExceeded({ stateBytes: 0, steps: call.doneCount + found.length });
  if (tooMany) return failRun(rules, call, tooMany);

  const completion = found.find(({ id }) => id === COMPLETE);
  if (completion && completion.op !== 'RunComplete') {
    return functionFailed(rules, call, {
      ...answer,
      error: completion.error,
      retriable: completion.op === 'StepError',
    });
  }
  const erred = found.find(({ op }) => op === 'StepError');
  if (erred && job.attempt + 1 < fn.maxAttempts) {
    const others = found.filter((operation) => operation !== erred && operation.op === 'StepRun');
    return retry(call, answer.retryAfterMs ?? backoffMs(rules.backoffMs, job.attempt), {
      attempt: job.attempt + 1,
      version: answer.version,
      done: others.flatMap((operation) => doneStep(job.runId, operation) ?? []),
    });
  }

  const change = transition({ runId: job.runId, job: jobOf(call), outcome: 'end', version: answer.version });
  for (const operation of found) {
    if (operation === completion) continue;
    const refused = apply(rules, call, operation, change, answer.version);
    if (refused) return failRun(rules, call, refused);
  }
  const largestStepBytes = Math.max(0, ...change.done.map(({ value }) => byteLength(value)));
  const tooLarge = limitExceeded({ stateBytes: 0, steps: 0, largestStepBytes });
  if (tooLarge) return failRun(rules, call, tooLarge);
  if (completion) {
    const ended = end(rules, call, { status: 'completed', output: asJson(completion.data) });
    return { ...ended, done: [...change.done, ...ended.done] };
  }
  const reenter = !job.stepId && (change.done.length > 0 || found.some(({ op }) => op === 'DiscoveryRequest'));
  return { ...change, outcome: reenter ? 'again' : 'end' };
}

/** Adds one operation to a transition; a text says why the run cannot go on. */
function apply(
  { registry }: Rules,
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
      if (due === undefined) return `The sleep ${JSON.stringify(name)} is neither a duration nor a date`;
      change.planned.push(plan(true));
      timer(Math.max(0, due - Date.now()));
      return undefined;
    }
    case 'WaitForEvent': {
      const timeout = typeof opts.timeout === 'string' ? dueAtMs(opts.timeout) : undefined;
      if (timeout === undefined) return `The wait for ${name} has no valid timeout`;
      const expression = typeof opts.if === 'string' && opts.if ? opts.if : undefined;
      if (expression && !parses(expression)) return `The expression ${JSON.stringify(expression)} does not parse`;
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
    case 'InvokeFunction': {
      const fn = typeof opts.function_id === 'string' ? registry.get(opts.function_id) : undefined;
      if (!fn) {
        const missing = errorJson(`There is no function ${JSON.stringify(opts.function_id)} to invoke`);
        change.done.push({ runId, id, name: title, op, failed: true, value: canonicalJson(missing) });
        return undefined;
      }
      const timeoutMs = typeof opts.timeout === 'string' ? durationMs(opts.timeout) : undefined;
      const payload = isObject(opts.payload) ? opts.payload : {};
      const data: Json = {
        ...(isObject(payload.data) ? payload.data : {}),
        _inngest: { fn_id: fn.id, source_fn_id: call.fn.id, correlation_id: `${runId}.${id}` },
      };
      const invoked = internalEvent('inngest/function.invoked', data, runTimeMs(call), runId, id);
      const begun = registry.begin(fn, invoked, { runId, stepId: id });
      change.planned.push(plan(true));
      change.events.push(registry.arrival(invoked, { routed: true }).event);
      change.runs.push(begun.run);
      change.cancels.push(...begun.cancels);
      if (timeoutMs !== undefined) timer(timeoutMs, canonicalJson(TIMED_OUT));
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
