import type { Answer } from './answer';
import { applyOperation, asJson, doneStep } from './apply-operation';
import { backoffMs } from './backoff';
import type { Call } from './call';
import { byteLength, isObject } from './canonical';
import { type Ending, ending, errorJson } from './finish';
import { sha1 } from './ids';
import { limitExceeded } from './limits';
import { nameProblem } from './storable';
import { type Transition, transition } from './transition';
import type { Registry } from './triggers';

export interface Rules {
  registry: Registry;
  backoffMs: readonly number[];
}

/** The id under which the SDK reports the end of the function itself among operations. */
const COMPLETE = sha1('complete');
/** Answers of the SDK that are no function error (an unknown function, say) before a run is given up: some three hours. */
const MAX_SDK_TROUBLE = 20;

const jobOf = ({ job }: Call) => ({ key: job.key, generation: job.generation });

export function failRun(rules: Rules, call: Call, error: unknown): Transition {
  return end(rules, call, { status: 'failed', error: errorJson(error) });
}

const end = ({ registry }: Rules, call: Call, how: Ending): Transition =>
  ending(registry, { id: call.job.runId, fn: call.fn, event: call.event, parent: call.parent }, how, jobOf(call));

function complete(rules: Rules, call: Call, output: unknown): Transition {
  const completed = end(rules, call, { status: 'completed', output: asJson(output) });
  const outputBytes = byteLength(completed.finish?.output ?? '');
  const tooLarge = limitExceeded({ stateBytes: 0, steps: 0, outputBytes });
  return tooLarge ? failRun(rules, call, tooLarge) : completed;
}

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
      return complete(rules, call, answer.output);
    case 'failed':
      return functionFailed(rules, call, answer);
    case 'step-missing':
      return functionFailed(rules, call, { error: { name: 'StepNotFound', message: answer.message }, retriable: true });
    case 'trouble': {
      if (answer.answered && job.failures >= MAX_SDK_TROUBLE) return failRun(rules, call, answer.reason);
      return retry(call, backoffMs(rules.backoffMs, job.failures), {
        failures: job.failures + 1,
        error: answer.reason,
      });
    }
    case 'operations':
      return operations(rules, call, answer);
  }
}

const messageOf = (error: unknown): string => {
  const said = errorJson(error);
  return isObject(said) ? String(said.message).slice(0, 1_000) : '';
};

function functionFailed(
  rules: Rules,
  call: Call,
  { error, retriable, retryAfterMs }: { error: unknown; retriable: boolean; retryAfterMs?: number },
): Transition {
  const { attempt } = call.job;
  if (!retriable || attempt + 1 >= call.fn.maxAttempts) return failRun(rules, call, error);
  return retry(call, retryAfterMs ?? backoffMs(rules.backoffMs, attempt), {
    attempt: attempt + 1,
    error: messageOf(error),
  });
}

function operations(rules: Rules, call: Call, answer: Extract<Answer, { kind: 'operations' }>): Transition {
  const { job, fn } = call;
  const found = answer.operations;
  const tooMany = limitExceeded({ stateBytes: 0, steps: call.doneCount + found.length });
  if (tooMany) return failRun(rules, call, tooMany);

  for (const { id, title } of found) {
    const problem = nameProblem(id);
    if (problem) return failRun(rules, call, `The id of the step ${JSON.stringify(title.slice(0, 100))} ${problem}`);
  }

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
      error: messageOf(erred.error),
      version: answer.version,
      done: others.flatMap((operation) => doneStep(job.runId, operation) ?? []),
    });
  }

  const change = transition({ runId: job.runId, job: jobOf(call), outcome: 'end', version: answer.version });
  for (const operation of found) {
    if (operation === completion) continue;
    const refused = applyOperation(rules.registry, call, operation, change, answer.version);
    if (refused) return failRun(rules, call, refused);
  }
  const largestStepBytes = Math.max(0, ...change.done.map(({ value }) => byteLength(value)));
  const tooLarge = limitExceeded({ stateBytes: 0, steps: 0, largestStepBytes });
  if (tooLarge) return failRun(rules, call, tooLarge);
  if (completion) {
    const ended = complete(rules, call, completion.data);
    return { ...ended, done: [...change.done, ...ended.done] };
  }
  const reenter = !job.stepId && (change.done.length > 0 || found.some(({ op }) => op === 'DiscoveryRequest'));
  return { ...change, outcome: reenter ? 'again' : 'end' };
}
