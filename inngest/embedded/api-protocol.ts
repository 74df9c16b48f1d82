import { z } from 'zod';
import { type Operation, readOperation } from './answer';
import { ApiError, type Endpoint, json, readBody, readJson } from './api-endpoint';
import type { Json } from './canonical';
import { readEvents } from './events';
import { MAX_STATE_BYTES } from './limits';
import { Name, nameProblem } from './storable';
import type { StoredEvent } from './triggers';

export interface Checkpoint {
  runId: string;
  /** The job's key: its `qi_id` without the run. */
  key: string;
  generation: number;
  operations: Operation[];
}

export interface ProtocolHandlers {
  /** Stores events; their ids as the sender knows them. */
  receive(events: StoredEvent[]): Promise<string[]>;
  checkpoint(checkpoint: Checkpoint): Promise<'stored' | 'stale'>;
  /** @returns whether anything has changed. */
  register(body: Json): Promise<boolean>;
  /** The events and memoised steps of a run, as canonical JSON; undefined when there is no such run. */
  state(runId: string): Promise<{ batch: string; actions: string } | undefined>;
  /** @returns the run that waited for it. */
  signal(name: string, data: Json): Promise<string | undefined>;
}

const CheckpointBody = z.object({
  qi_id: Name,
  generation_id: z.number().int(),
  steps: z.array(z.unknown()),
});
const Signal = z.object({ signal: Name, data: z.unknown().optional() });

/** What the SDK calls: its `InngestApi`, its `_send` and its `register`. */
export function createProtocol(handlers: ProtocolHandlers): Endpoint[] {
  const state = (part: 'actions' | 'batch'): Endpoint => ({
    method: 'GET',
    path: `/v0/runs/:run/${part}`,
    key: 'signing',
    async answer(_request, { run = '' }) {
      const known = await handlers.state(run);
      if (!known) throw new ApiError(404, 'There is no such run');
      return { status: 200, body: known[part] };
    },
  });
  return [
    {
      method: 'POST',
      path: '/e/:eventKey',
      key: 'event',
      async answer({ body, headers }) {
        const ids = await handlers.receive(readEvents(readJson(body), headers['x-inngest-event-id-seed'] ?? null));
        return json(200, { ids, status: 200 });
      },
    },
    {
      method: 'POST',
      path: '/v1/checkpoint/:run/async',
      key: 'signing',
      maxBytes: MAX_STATE_BYTES,
      async answer({ body }, { run = '' }) {
        const { qi_id, generation_id, steps } = readBody(CheckpointBody, body);
        const operations = steps.map(readOperation);
        const known = operations.filter((operation) => operation !== undefined);
        if (known.length < steps.length) throw new ApiError(400, 'A step has no id or no code');
        const problem = known.map(({ id }) => nameProblem(id)).find((found) => found);
        if (problem) throw new ApiError(400, `The id of a step ${problem}`);
        const key = qi_id.slice(run.length + 1);
        const outcome = await handlers.checkpoint({ runId: run, key, generation: generation_id, operations: known });
        if (outcome === 'stale') throw new ApiError(409, 'This dispatch is stale');
        return json(200, {});
      },
    },
    {
      method: 'POST',
      path: '/fn/register',
      key: 'signing',
      async answer({ body }) {
        const modified = await handlers.register(readJson(body) as Json);
        return json(200, { ok: true, modified, status: 200 });
      },
    },
    {
      method: 'POST',
      path: '/v1/signals',
      key: 'signing',
      async answer({ body }) {
        const { signal, data = null } = readBody(Signal, body);
        const runId = await handlers.signal(signal, data as Json);
        if (!runId) throw new ApiError(404, 'No run waits for this signal');
        return json(200, { data: { run_id: runId } });
      },
    },
    state('actions'),
    state('batch'),
  ];
}
