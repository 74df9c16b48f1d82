import { type Operation, readOperation } from './answer';
import type { Api, ApiAnswer } from './api-request';
import { isObject, type Json } from './canonical';
import { InvalidEventError, readEvents } from './events';
import { MAX_REQUEST_BYTES } from './limits';
import { isAuthorized, isEventKey } from './signature';
import type { StoredEvent } from './triggers';

/** What the SDK asks of the server, in words of the runner. */
export interface ApiHandlers {
  /** Stores events; their ids as the sender knows them. */
  receive(events: StoredEvent[]): Promise<string[]>;
  checkpoint(checkpoint: Checkpoint): Promise<'stored' | 'stale'>;
  register(body: Json): Promise<void>;
  /** The events and memoised steps of a run, as canonical JSON; undefined when there is no such run. */
  state(runId: string): Promise<{ batch: string; actions: string } | undefined>;
}

export interface Checkpoint {
  runId: string;
  /** The job's key: its `qi_id` without the run. */
  key: string;
  generation: number;
  operations: Operation[];
}

const json = (status: number, body: Json): ApiAnswer => ({ status, body: JSON.stringify(body) });
const refuse = (status: number, error: string) => json(status, { error, status });

/** Answers the calls of the SDK: events, checkpoints, registration (the SDK's `InngestApi` and `_send`). */
export function createApi(keys: { signingKey: string; eventKey: string }, handlers: ApiHandlers): Api {
  return async ({ method, url, headers, body }) => {
    const [, first, second, third, fourth] = url.pathname.split('/').map(decodeURIComponent);
    if (Buffer.byteLength(body) > MAX_REQUEST_BYTES && first === 'e') return refuse(413, 'The request is too large');
    if (method === 'POST' && first === 'e' && second !== undefined && third === undefined) {
      if (!isEventKey(second, keys.eventKey)) return refuse(401, 'The event key is not valid');
      return await events(handlers, body, headers['x-inngest-event-id-seed'] ?? null);
    }
    if (!isAuthorized(headers.authorization ?? '', keys.signingKey)) {
      return refuse(401, 'The signing key is not valid');
    }
    if (method === 'POST' && first === 'v1' && second === 'checkpoint' && third && fourth === 'async') {
      return await checkpoint(handlers, third, body);
    }
    if (method === 'POST' && first === 'fn' && second === 'register') {
      await handlers.register(JSON.parse(body));
      return json(200, { ok: true, modified: true });
    }
    if (
      method === 'GET' &&
      first === 'v0' &&
      second === 'runs' &&
      third &&
      (fourth === 'actions' || fourth === 'batch')
    ) {
      const state = await handlers.state(third);
      return state ? { status: 200, body: state[fourth] } : refuse(404, 'There is no such run');
    }
    return refuse(501, `The embedded runner does not have ${method} ${url.pathname}`);
  };
}

async function events(handlers: ApiHandlers, text: string, seed: string | null): Promise<ApiAnswer> {
  try {
    const ids = await handlers.receive(readEvents(JSON.parse(text), seed));
    return json(200, { ids, status: 200 });
  } catch (error) {
    if (error instanceof InvalidEventError) return json(400, { ids: [], status: 400, error: error.message });
    if (error instanceof SyntaxError) return json(400, { ids: [], status: 400, error: 'The body is not JSON' });
    throw error;
  }
}

async function checkpoint(handlers: ApiHandlers, runId: string, text: string): Promise<ApiAnswer> {
  const body: Json = JSON.parse(text);
  if (!isObject(body) || typeof body.qi_id !== 'string' || !Array.isArray(body.steps)) {
    return refuse(400, 'A checkpoint needs qi_id and steps');
  }
  const operations = body.steps.map(readOperation);
  if (operations.some((operation) => !operation) || typeof body.generation_id !== 'number') {
    return refuse(400, 'A checkpoint needs a generation_id, and an id and a code for each step');
  }
  const outcome = await handlers.checkpoint({
    runId,
    key: body.qi_id.slice(runId.length + 1),
    generation: body.generation_id,
    operations: operations.filter((operation) => operation !== undefined),
  });
  return outcome === 'stored' ? json(200, {}) : refuse(409, 'This dispatch is stale');
}
