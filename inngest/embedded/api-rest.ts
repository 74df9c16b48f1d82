import { z } from 'zod';
import { ApiError, type Endpoint, json, readBody } from './api-endpoint';
import type { Json } from './canonical';
import { Expression } from './function-config';

/** A run as the public API tells of it. */
export interface RunRecord {
  id: string;
  fnId: string;
  eventId: string;
  status: 'active' | 'completed' | 'failed' | 'cancelled';
  startedAt: string;
  endedAt: string | null;
  output: Json;
}

export interface EventRecord {
  id: string;
  receivedAt: string;
  event: Json;
}

export interface CancelMany {
  fnId: string;
  after?: Date;
  before?: Date;
  expression?: string;
}

export interface RestHandlers {
  /** By the id its sender gave or was given. */
  event(id: string): Promise<EventRecord | undefined>;
  eventRuns(id: string): Promise<RunRecord[]>;
  run(id: string): Promise<RunRecord | undefined>;
  /** @returns whether the run was active. */
  cancel(runId: string): Promise<boolean>;
  /** @returns how many runs it has cancelled. */
  cancelMany(which: CancelMany): Promise<number>;
  functions(): { id: string; name: string; appId: string }[];
}

const STATUS = { active: 'Running', completed: 'Completed', failed: 'Failed', cancelled: 'Cancelled' } as const;

const runJson = (run: RunRecord): Json => ({
  run_id: run.id,
  run_started_at: run.startedAt,
  function_id: run.fnId,
  event_id: run.eventId,
  status: STATUS[run.status],
  ended_at: run.endedAt,
  output: run.output,
});
const data = (value: Json) =>
  json(200, { data: value, metadata: { fetched_at: new Date().toISOString(), cached_until: null } });

const instant = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine((date) => date.getUTCFullYear() >= 1 && date.getUTCFullYear() <= 9999, 'is not in the years 1 to 9999');
const Cancellation = z.object({
  app_id: z.string().min(1),
  function_id: z.string().min(1),
  started_after: instant.optional(),
  started_before: instant.optional(),
  if: Expression.nullish(),
});

/** The part of Inngest's public REST API that reads events and runs and cancels; and whether the server is there at all. */
export function createRest(handlers: RestHandlers): Endpoint[] {
  const event = async (id = '') => {
    const found = await handlers.event(id);
    if (!found) throw new ApiError(404, 'There is no such event');
    return found;
  };
  const run = async (id = '') => {
    const found = await handlers.run(id);
    if (!found) throw new ApiError(404, 'There is no such run');
    return found;
  };
  return [
    {
      method: 'GET',
      path: '/v1/events/:event',
      key: 'signing',
      async answer(_request, parameters) {
        const { id, receivedAt, event: content } = await event(parameters.event);
        return data({ ...Object(content), internal_id: id, received_at: receivedAt });
      },
    },
    {
      method: 'GET',
      path: '/v1/events/:event/runs',
      key: 'signing',
      async answer(_request, parameters) {
        const { id } = await event(parameters.event);
        return data((await handlers.eventRuns(id)).map(runJson));
      },
    },
    {
      method: 'GET',
      path: '/v1/runs/:run',
      key: 'signing',
      async answer(_request, parameters) {
        return data(runJson(await run(parameters.run)));
      },
    },
    {
      method: 'DELETE',
      path: '/v1/runs/:run',
      key: 'signing',
      async answer(_request, parameters) {
        const { id, status } = await run(parameters.run);
        const cancelled = status === 'cancelled' || (status === 'active' && (await handlers.cancel(id)));
        if (!cancelled) throw new ApiError(409, 'This run has ended already');
        return { status: 204, body: '' };
      },
    },
    {
      method: 'POST',
      path: '/v1/cancellations',
      key: 'signing',
      async answer({ body }) {
        const { app_id, function_id, started_after, started_before, if: expression } = readBody(Cancellation, body);
        const fnId = `${app_id}-${function_id}`;
        if (!handlers.functions().some(({ id }) => id === fnId)) throw new ApiError(404, 'There is no such function');
        const which = { fnId, after: started_after, before: started_before, expression: expression ?? undefined };
        return json(201, { function_id: fnId, cancelled: await handlers.cancelMany(which) });
      },
    },
    {
      method: 'GET',
      path: '/health',
      key: 'none',
      answer: () => json(200, { status: 200, message: 'OK' }),
    },
    {
      // What an SDK in development mode asks for to find out whether this is a server of Inngest.
      method: 'GET',
      path: '/dev',
      key: 'signing',
      answer: () => json(200, { version: 'muster', functions: handlers.functions() }),
    },
  ];
}
