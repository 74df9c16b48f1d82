import { createHash, randomUUID } from 'node:crypto';
import { Inngest, type InngestFunction } from 'inngest';
import { serve } from 'inngest/edge';
import type { Log } from '../log';
import { createEmbeddedRunner, type RunnerOptions } from '../runner';
import { webTransport } from '../transport';
import type { TestDatabase } from './databases';

export const SIGNING_KEY = `signkey-test-${'ab'.repeat(16)}`;
/** What the SDK sends as bearer token for SIGNING_KEY. */
export const SIGNING_KEY_HASH = `signkey-test-${createHash('sha256')
  .update(Buffer.from('ab'.repeat(16), 'hex'))
  .digest('hex')}`;
export const EVENT_KEY = 'test-event-key';

/** Lines the runner logged, for assertions. */
export function recordingLog() {
  const lines: { level: string; message: string; fields: Record<string, unknown> }[] = [];
  const at = (level: string) => (fields: Record<string, unknown>, message: string) =>
    lines.push({ level, message, fields });
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return { log, lines };
}

const silentSdk = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };

/**
 * An app of the unmodified SDK with its serve handler in this process, and a runner for it. Each has its own app id and
 * event prefix, so that tests share a database.
 */
export function createApp(
  db: TestDatabase,
  options: Partial<RunnerOptions> = {},
  id = `app-${randomUUID().slice(0, 8)}`,
) {
  const handler: { current: (request: Request) => Promise<Response> } = {
    current: async () => new Response('not served yet', { status: 503 }),
  };
  const { log, lines } = recordingLog();
  const runner = createEmbeddedRunner({
    serveUrl: 'http://localhost:9/api/inngest',
    signingKey: SIGNING_KEY,
    eventKey: EVENT_KEY,
    exclusive: db.exclusive,
    sql: db.sql,
    transport: webTransport((request) => handler.current(request)),
    backoffMs: [5],
    pollMs: 200,
    log,
    ...options,
  });
  const client = new Inngest({
    id,
    isDev: false,
    eventKey: EVENT_KEY,
    signingKey: SIGNING_KEY,
    baseUrl: 'http://embedded.invalid',
    fetch: (input, init) => runner.fetch(input, init),
    logger: silentSdk,
    internalLogger: silentSdk,
  });
  const functions: InngestFunction.Any[] = [];
  return {
    id,
    client,
    runner,
    lines,
    handler,
    functions,
    /** The name of an event of this app alone. */
    event: (name: string) => `${id}/${name}`,
    async start() {
      handler.current = serve({ client, functions });
      await runner.start();
    },
    send: (name: string, data: Record<string, unknown> = {}, id_?: string) =>
      client.send({ name: `${id}/${name}`, data, ...(id_ ? { id: id_ } : {}) }),
    /** The runs of one function, oldest first. */
    async runs(fnId: string) {
      const rows = await db.sql`select * from runner.run where fn_id = ${`${id}-${fnId}`} order by created_at, id`;
      return rows.map((row) => ({
        id: String(row.id),
        status: String(row.status),
        output: row.output === null ? undefined : JSON.parse(String(row.output)),
      }));
    },
    /** Waits until so many runs of a function have ended. */
    async ended(fnId: string, count = 1) {
      return await eventually(async () => {
        const runs = (await this.runs(fnId)).filter(({ status }) => status !== 'active');
        return runs.length >= count ? runs : undefined;
      });
    },
  };
}

export type TestApp = ReturnType<typeof createApp>;

/** Asks until there is an answer; fails loudly when there is none for long. */
export async function eventually<T>(ask: () => Promise<T | undefined> | T | undefined, withinMs = 25_000): Promise<T> {
  for (const until = Date.now() + withinMs; ; ) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > until) throw new Error('It did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
