import { isObject } from './canonical';
import { retryAfterMs } from './durations';
import type { ServeAnswer } from './transport';

/** An operation of a 206, or of a checkpoint. */
export interface Operation {
  id: string;
  op: string;
  /** What the operation is about: the event of a wait, the time of a sleep. */
  name: string;
  /** What the step is called. */
  title: string;
  opts: Record<string, unknown>;
  data: unknown;
  error: unknown;
}

/** What the SDK's answer means. */
export type Answer =
  | { kind: 'completed'; output: unknown; version?: number }
  | { kind: 'operations'; operations: Operation[]; version?: number; retryAfterMs?: number }
  | { kind: 'failed'; error: unknown; retriable: boolean; retryAfterMs?: number; version?: number }
  | { kind: 'step-missing'; message: string }
  /** The endpoint, not the function: it could not be reached, or what answered was not the SDK at work. */
  | { kind: 'trouble'; reason: string; answered: boolean };

/** Reads one operation. Undefined when it has no id or no code. */
export function readOperation(raw: unknown): Operation | undefined {
  if (!isObject(raw) || typeof raw.id !== 'string' || typeof raw.op !== 'string') return undefined;
  const { id, op, name, displayName, opts, data, error } = raw;
  const title = [displayName, name, op].find((text) => typeof text === 'string' && text !== '');
  const about = typeof name === 'string' ? name : '';
  return { id, op, name: about, title: String(title), opts: isObject(opts) ? opts : {}, data, error };
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * With `streaming` the SDK answers 201 at once, keeps the connection alive with spaces, and ends with the answer proper: `{status,
 * headers, body}` (its `createStream`).
 */
function streamed(answer: ServeAnswer): ServeAnswer {
  const proper = parse(answer.body)?.value;
  if (!isObject(proper) || typeof proper.status !== 'number') return answer;
  const { status, headers, body } = proper;
  const own = Object.entries(isObject(headers) ? headers : {}).map(([name, value]) => [
    name.toLowerCase(),
    String(value),
  ]);
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? null);
  return { status, headers: { ...answer.headers, ...Object.fromEntries(own) }, body: text };
}

/**
 * Classifies an answer by status and headers (the SDK's `handleAction`). A 400 or 500 comes from the function only with
 * the header `x-inngest-no-retry`; without it the endpoint is in trouble: signature, unknown function, a proxy.
 */
export function readAnswer(answer: ServeAnswer): Answer {
  const { status, headers, body: text } = answer.status === 201 ? streamed(answer) : answer;
  const version = Number(headers['x-inngest-req-version']) || undefined;
  const noRetry = headers['x-inngest-no-retry'];
  const answered = headers['x-inngest-sdk'] !== undefined;
  const trouble = (reason: string): Answer => ({ kind: 'trouble', reason, answered });
  if (!answered) return trouble(`The serve endpoint answered ${status}, not as the SDK does`);
  const body = parse(text);
  if (!body) return trouble(`The serve endpoint answered ${status} without JSON`);
  const retryAfter = retryAfterMs(headers['retry-after']);
  if (status === 200) return { kind: 'completed', output: body.value, version };
  if (status === 206) {
    const operations = [body.value].flat().map(readOperation);
    if (operations.some((operation) => !operation)) return trouble('An operation without id or code was answered');
    return {
      kind: 'operations',
      operations: operations.filter((operation) => operation !== undefined),
      version,
      retryAfterMs: retryAfter,
    };
  }
  if ((status === 400 || status === 500) && noRetry !== undefined) {
    const { requestedStep, error } = isObject(body.value) ? body.value : {};
    if (requestedStep !== undefined) return { kind: 'step-missing', message: String(error) };
    return { kind: 'failed', error: body.value, retriable: noRetry !== 'true', retryAfterMs: retryAfter, version };
  }
  const message = isObject(body.value) && typeof body.value.message === 'string' ? `: ${body.value.message}` : '';
  return trouble(`The serve endpoint answered ${status}${message}`);
}
