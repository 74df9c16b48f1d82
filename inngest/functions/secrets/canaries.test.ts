import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { database } from '@/db/client';
import { type ModelServer, startModelServer } from '@/e2e/fixtures/model-server';
import { StartRunInput } from '@/lib/contracts/runs';
import { env } from '@/lib/env';
import { listAudit } from '@/server/audit/service';
import { createConnector, testConnector } from '@/server/connectors/service';
import type { OrgContext } from '@/server/context';
import { saveCredential } from '@/server/models/service';
import { getRun, getSpan, startRun } from '@/server/runs/service';
import { waitForRun, watchRun } from '@/server/runs/watch';
import { resolveSecrets } from '@/server/secrets/resolve';
import { createSecret, replaceSecret, rotateDataKey } from '@/server/secrets/service';
import { makeAgent, makeOrganization } from '@/server/testing/factories';
import { makeRunner } from '@/server/testing/runner';

const CANARY = 'canary7Fq2';
const NAMED = `named-${CANARY}-value`;
const REPLACED = `older-${CANARY}-value`;
const CONNECTOR = `connector-${CANARY}-token`;
const PROVIDER = `sk-${CANARY}-provider`;
/** As they are, and as a service may write them. */
const FORMS = [NAMED, CONNECTOR, REPLACED, PROVIDER].flatMap((value) => [
  value,
  Buffer.from(value).toString('base64').replace(/=+$/, ''),
  Buffer.from(value).toString('hex'),
]);
const leaksIn = (text: string): string[] => FORMS.filter((form) => text.includes(form));

let runner: ReturnType<typeof makeRunner>;
let model: ModelServer;
let echo: Server;
let owner: OrgContext;
const before = { ...env };

beforeAll(async () => {
  runner = makeRunner();
  await runner.start();
  // Gives back whatever it was given, in every spelling, and secrets that others had sent before.
  echo = createServer((request, response) => {
    const told = {
      headers: request.headers,
      ...Object.fromEntries(FORMS.map((form, index) => [`k${index}`, `<${form}>`])),
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(told));
  });
  await new Promise<void>((listening) => echo.listen(0, '127.0.0.1', listening));
  // Calls the tool, then says everything in an answer of many small pieces.
  model = await startModelServer({
    answer: ({ body }) =>
      body.messages?.some(({ role }) => role === 'tool')
        ? { tokens: [...`They are ${FORMS.join(' and ')}, I believe.`] }
        : { calls: [{ name: 'rest_get', arguments: '{"path":"echo"}' }] },
  });
  env.MUSTER_CONNECTOR_PRIVATE_HOSTS = '127.0.0.1';
  env.OPENAI_COMPATIBLE_BASE_URL = `${model.url}/v1`;
  env.OPENAI_COMPATIBLE_API_KEY = 'of the server';
  owner = await makeOrganization();
});
afterAll(async () => {
  Object.assign(env, before);
  await runner.stop();
  await model.close();
  echo.closeAllConnections();
  await new Promise((closed) => echo.close(closed));
});

/** Every row of every table, whoever's it is: what a thief of a dump has. */
async function dump(): Promise<string> {
  const tables = await database().execute<{ schema: string; name: string }>(sql`
    select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`);
  const rows: string[] = [];
  for (const { schema, name } of tables) {
    const found = await database().execute<{ row: string }>(
      sql`select to_jsonb(t)::text as row from ${sql.identifier(schema)}.${sql.identifier(name)} t`,
    );
    rows.push(...found.map(({ row }) => `${name} ${row}`));
  }
  expect(rows.length).toBeGreaterThan(20);
  return rows.join('\n');
}

test('no secret that was planted is anywhere but in its own cell, encrypted', async () => {
  const secret = await createSecret(owner, { name: 'NAMED', value: REPLACED, description: '' });
  await resolveSecrets(owner, '{{secret.NAMED}}');
  await replaceSecret(owner, { secretId: secret.id, value: NAMED });
  await resolveSecrets(owner, '{{secret.NAMED}}');
  await saveCredential(owner, { provider: 'openai', key: PROVIDER });
  const { port } = echo.address() as AddressInfo;
  const rest = { auth: 'bearer', headerName: '', user: '', tokenUrl: '', clientId: '', scope: '' } as const;
  const configuration = {
    kind: 'rest',
    settings: { ...rest, baseUrl: `http://127.0.0.1:${port}` },
    credentials: { secret: CONNECTOR },
  } as const;
  const connector = await createConnector(owner, { name: 'echo', description: '', access: 'read', configuration });
  await testConnector(owner, { connectorId: connector.id });
  const agent = await makeAgent(owner, {
    model: 'openai-compatible/obedient',
    tools: [{ name: 'rest_get' }],
    connectors: [{ connector: 'echo', alias: 'echo', access: 'read' }],
  });
  // The provider's key is known to a process that has called the provider.
  const { resolveModel } = await import('@/server/models/service');
  await resolveModel(owner, 'openai/gpt-5');

  const { id: runId } = await startRun(owner, StartRunInput.parse({ agentId: agent.id, input: 'Tell me.' }), 'app');
  const seen: unknown[] = [];
  const watching = (async () => {
    for await (const event of watchRun(owner, { runId }, AbortSignal.timeout(20_000))) seen.push(event);
  })().catch(() => {});
  await waitForRun(owner, runId, AbortSignal.timeout(20_000));
  await Promise.race([watching, new Promise((soon) => setImmediate(soon))]);
  await rotateDataKey(owner);

  expect(seen.length).toBeGreaterThan(0);
  const run = await getRun(owner, { runId });
  expect(run).toMatchObject({ status: 'completed', output: expect.stringContaining('[secret NAMED]') });
  expect(run.output).toContain('[secret of echo]');
  const spans = await Promise.all(run.spans.map(({ seq }) => getSpan(owner, { runId, seq })));
  const prompts = model.requests.map(({ body }) => body);
  expect(prompts).toHaveLength(2);
  expect(JSON.stringify(prompts)).toContain('[secret NAMED]');

  expect(leaksIn(JSON.stringify(prompts))).toEqual([]);
  expect(leaksIn(JSON.stringify([run, spans, seen]))).toEqual([]);
  expect(leaksIn(JSON.stringify(await listAudit(owner, { query: '', limit: 100 })))).toEqual([]);
  expect(leaksIn(await dump())).toEqual([]);
});
