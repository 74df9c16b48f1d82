import { byteLength, canonicalJson, isObject, type Json, TooDeepError } from './canonical';
import { derivedUlid, newUlid } from './ids';
import { MAX_EVENT_BYTES, MAX_EVENTS_PER_REQUEST } from './limits';
import { nameProblem } from './storable';
import type { StoredEvent } from './triggers';

export class InvalidEventError extends Error {
  override name = 'InvalidEventError';
}

/** The header by which all attempts of one sending derive the same event ids: `<ms>,<base64>`. */
const seedTimeMs = (seed: string): number => {
  const ms = Number(seed.split(',')[0]);
  return Number.isSafeInteger(ms) && ms > 0 ? ms : Date.now();
};

/**
 * Reads the body of `POST /e/:key`.
 * @throws InvalidEventError that says which event is wrong.
 */
export function readEvents(body: unknown, seed: string | null): StoredEvent[] {
  const events: unknown[] = Array.isArray(body) ? body : [body];
  if (events.length > MAX_EVENTS_PER_REQUEST) {
    throw new InvalidEventError(`At most ${MAX_EVENTS_PER_REQUEST} events may be sent at once`);
  }
  const nowMs = Date.now();
  return events.map((raw, n) => {
    const id = seed ? derivedUlid(seedTimeMs(seed), seed, String(n)) : newUlid();
    return readEvent(raw, n, id, nowMs);
  });
}

function readEvent(raw: unknown, n: number, id: string, nowMs: number): StoredEvent {
  if (!isObject(raw)) throw new InvalidEventError(`Event ${n} is not an object`);
  const { name, data, ts, id: given } = raw;
  if (typeof name !== 'string' || name === '') throw new InvalidEventError(`Event ${n} has no name`);
  if (name.startsWith('inngest/'))
    throw new InvalidEventError(`Event ${n} (${name}) begins with inngest/, which is reserved`);
  if (data !== undefined && data !== null && !isObject(data)) {
    throw new InvalidEventError(`The data of event ${n} (${name}) is not an object`);
  }
  const problem = nameProblem(name);
  if (problem) throw new InvalidEventError(`The name of event ${n} ${problem}`);
  const dedupeKey = readId(given, `The id of event ${n} (${name})`);
  const event: Json = {
    ...raw,
    data: data ?? {},
    ts: readTime(ts, `The ts of event ${n} (${name})`) ?? nowMs,
    id: dedupeKey ?? id,
  };
  const payload = canonicalEvent(event, n);
  if (byteLength(payload) > MAX_EVENT_BYTES) {
    throw new InvalidEventError(`Event ${n} (${name}) is larger than ${MAX_EVENT_BYTES / 1024} kB`);
  }
  return { id, name, payload, event, dedupeKey };
}

/** The id its sender gave an event, if it did. */
function readId(given: Json | undefined, what: string): string | undefined {
  if (given === undefined || given === null || given === '') return undefined;
  if (typeof given !== 'string') throw new InvalidEventError(`${what} is not a text`);
  const problem = nameProblem(given);
  if (problem) throw new InvalidEventError(`${what} ${problem}`);
  return given;
}

const [EARLIEST_MS, LATEST_MS] = [Date.UTC(1980, 0), Date.UTC(2100, 0)];

/** When an event happened, or is to start its runs. Undefined and 0 mean now; the bounds are those of Inngest. */
function readTime(ts: Json | undefined, what: string): number | undefined {
  if (ts === undefined || ts === null || ts === 0) return undefined;
  if (Number.isInteger(ts) && Number(ts) >= EARLIEST_MS && Number(ts) <= LATEST_MS) return Number(ts);
  throw new InvalidEventError(`${what} is no time between 1980 and 2100 in milliseconds since 1970`);
}

function canonicalEvent(event: Json, n: number): string {
  try {
    return canonicalJson(event);
  } catch (error) {
    if (error instanceof TooDeepError) throw new InvalidEventError(`Event ${n}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** What the runner's own events put around an event or a result may go deeper than these. */
const WRAPPED_LEVELS = 100;

/** What an event says beside its name and id. */
interface EventContent {
  data: Json;
  ts?: number;
  v?: Json;
  user?: Json;
}

/** An event the runner itself emits; the same time and parts always give the same id. */
export function internalEvent(name: string, content: EventContent, timeMs: number, ...parts: string[]): StoredEvent {
  const id = derivedUlid(timeMs, name, ...parts);
  const event = { ts: timeMs, ...content, id, name } as Json;
  return { id, name, event, payload: canonicalJson(event, -WRAPPED_LEVELS) };
}
