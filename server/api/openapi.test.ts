import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blankSpec } from '@/lib/contracts/agents';
import { makeApiKey, makeOrganization } from '../testing/factories';
import { send } from '../testing/rest';
import { makeRunner } from '../testing/runner';
import { openApiDocument } from './openapi';

let runner: ReturnType<typeof makeRunner>;
let token: string;
beforeAll(async () => {
  runner = makeRunner();
  await runner.start();
  token = await makeApiKey(await makeOrganization());
});
afterAll(() => runner.stop());

/** The parts of the document that the tests read. */
interface Described {
  operationId: string;
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
const document = openApiDocument();
const paths = document.paths as Record<string, Record<string, Described>>;
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);

const checked = new Set<string>();

/** Sends a request, checks its answer against the document, and hands it on. */
async function call(
  path: string,
  filled: string,
  { method: named, ...sent }: NonNullable<Parameters<typeof send>[1]> & { method?: string } = {},
) {
  const method = named ?? (sent.body === undefined && !/\/(?:cancel|retry)$/.test(path) ? 'GET' : 'POST');
  const response = await send(`${method} ${filled}`, { token, ...sent });
  const operation = paths[path]?.[method.toLowerCase()];
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  const status = operation?.responses[response.status] ? String(response.status) : 'default';
  if (status === '204') return { status: response.status, headers: response.headers, body: await response.text() };
  checked.add(`${operation?.operationId} ${status} ${type}`);
  if (type === 'text/event-stream' || type === 'application/yaml')
    return { status: response.status, headers: response.headers, body: await response.text() };
  const body = await response.json();
  const content =
    status === 'default' ? document.components.responses.Problem.content : operation?.responses[status]?.content;
  const schema = Object.entries(content ?? {}).find(([name]) => name === type)?.[1].schema;
  expect(schema, `${method} ${path} ${response.status} ${type} is documented`).toBeDefined();
  const validate = ajv.compile(schema ?? {});
  validate(body);
  expect(validate.errors, `${method} ${path}`).toBeNull();
  return { status: response.status, headers: response.headers, body };
}

test('the document is valid OpenAPI 3.1', async () => {
  expect(document.openapi).toMatch(/^3\.1\./);
  const response = await send('GET /api/v1/openapi.json');
  expect(await response.json()).toEqual(JSON.parse(JSON.stringify(document)));
  expect(await new Validator().validate(JSON.parse(JSON.stringify(document)))).toEqual({ valid: true });
});

test('every operation answers as the document says, in every way it names', async () => {
  const spec = { ...blankSpec(), model: 'sandbox/scripted', tools: [{ name: 'calculator' }, { name: 'ask_human' }] };
  const script = '#script\ncall calculator {"expression": "6 * 7"}\n---\nsay 42.';
  const made = await call('/api/v1/agents', '/api/v1/agents', {
    body: { name: 'Documented', description: 'x', tags: ['a'], spec, publish: true },
  });
  expect(made.status).toBe(201);
  const agent = `/api/v1/agents/${made.body.id}`;
  expect((await call('/api/v1/agents/{agentId}', agent)).body).toEqual(made.body);
  expect((await call('/api/v1/agents', '/api/v1/agents')).body.items).toMatchObject([{ id: made.body.id }]);
  const linkPath = '/api/v1/agents/{agentId}/public-link';
  const link = `${agent}/public-link`;
  expect((await call(linkPath, link)).status).toBe(404);
  const linked = await call(linkPath, link, { body: { dailyLimitMicros: 1_000_000 } });
  expect(linked).toMatchObject({ status: 201, body: { url: expect.stringContaining('/s/'), isOpen: true } });
  const { url: _, ...kept } = linked.body;
  expect((await call(linkPath, link)).body).toEqual(kept);
  const off = await call(`${linkPath}/settings`, `${link}/settings`, { body: { enabled: false, messagesPerHour: 3 } });
  expect(off.body).toMatchObject({ enabled: false, isOpen: false, messagesPerHour: 3, dailyLimitMicros: 1_000_000 });
  const wrong = await call(`${linkPath}/settings`, `${link}/settings`, { body: { messagesPerHour: 0 } });
  expect(wrong).toMatchObject({
    status: 400,
    body: { errors: { messagesPerHour: expect.stringContaining('At least 1') } },
  });
  const file = await call('/api/v1/agents/export', '/api/v1/agents/export', {
    query: `?agentId=${made.body.id}&version=1`,
  });
  const imported = await call('/api/v1/agents/import', '/api/v1/agents/import', {
    body: { document: file.body, dryRun: true, onSameName: 'update' },
  });
  expect(imported.body).toMatchObject({ written: false, items: [{ name: 'Documented', action: 'unchanged' }] });

  const partials = '/api/v1/partials';
  const tone = { name: 'tone', text: 'Be {{> brief}}' };
  expect((await call(partials, partials, { body: tone })).status).toBe(201);
  expect((await call(partials, partials, { body: tone })).status).toBe(409);
  const named = (method: string, body?: object) => call(`${partials}/{name}`, `${partials}/tone`, { method, body });
  expect((await named('PUT', { revision: 1, text: 'Be {{> tone}}' })).status).toBe(400);
  const changed = await named('PUT', { revision: 1, text: 'Be brief.' });
  expect((await named('GET')).body).toEqual(changed.body);
  expect((await call(partials, partials)).body.items).toMatchObject([{ name: 'tone', length: 9 }]);
  expect(await named('DELETE')).toMatchObject({ status: 204, body: '' });
  expect((await named('DELETE')).status).toBe(404);

  const start = (body: object) => call('/api/v1/agents/{agentId}/runs', `${agent}/runs`, { body });
  const run = await start({ input: script });
  expect(run).toMatchObject({ status: 200, body: { status: 'completed', output: '42.', outputJson: null } });
  const stream = await start({ input: script, stream: true });
  expect(stream.headers.get('location')).toMatch(/^\/api\/v1\/runs\//);
  expect(stream.body).toMatch(/event: end\n/);
  const asks = await start({ input: '#script\ncall ask_human {"question": "Sure?"}\n---\nsay Done.' });
  expect(asks).toMatchObject({ status: 202, body: { status: 'waiting' } });
  expect((await start({ input: script, async: true })).status).toBe(202);

  const ended = await call('/api/v1/runs/{runId}', `/api/v1/runs/${run.body.id}`);
  expect(ended.body.spans.map(({ kind }: { kind: string }) => kind)).toEqual(['model', 'tool', 'model']);
  const watched = await call('/api/v1/runs/{runId}/events', `/api/v1/runs/${run.body.id}/events`);
  expect(watched.body).toMatch(/event: run\n[\s\S]*event: end\n/);
  const today = new Date().toISOString().slice(0, 10);
  for (const path of ['/api/v1/spend', '/api/v1/ledger'])
    await call(path, path, { query: `?from=${today}&to=${today}` });
  await call('/api/v1/budgets', '/api/v1/budgets');
  await call('/api/v1/models', '/api/v1/models');
  const terms = { model: 'openai/gpt-5', price: { input: 1, cachedInput: 1, output: 1 } };
  expect((await call('/api/v1/models/terms', '/api/v1/models/terms', { body: terms })).status).toBe(200);
  await call('/api/v1/providers/health', '/api/v1/providers/health');
  const waiting = await call('/api/v1/runs/{runId}', `/api/v1/runs/${asks.body.id}`);
  expect(waiting.body.approvals).toMatchObject([{ status: 'open', question: 'Sure?' }]);
  const { items } = (await call('/api/v1/approvals', '/api/v1/approvals', { query: `?agentId=${made.body.id}` })).body;
  expect(items).toMatchObject([{ kind: 'question', question: 'Sure?', mayDecide: true }]);
  const decide = (body: object) =>
    call('/api/v1/approvals/{approvalId}/decision', `/api/v1/approvals/${items[0].id}/decision`, { body });
  expect((await decide({ type: 'approve', arguments: { a: [1, null] } })).status).toBe(400);
  const asked = await call('/api/v1/approvals/{approvalId}', `/api/v1/approvals/${items[0].id}`);
  expect(asked.body).toEqual(items[0]);
  const cancel = () => call('/api/v1/runs/{runId}/cancel', `/api/v1/runs/${asks.body.id}/cancel`);
  expect((await cancel()).body).toMatchObject({ status: 'cancelled' });
  expect((await cancel()).status).toBe(412);
  expect((await decide({ type: 'answer', answer: 'Yes' })).status).toBe(409);
  const second = await start({ input: '#script\ncall ask_human {"question": "Sure?"}\n---\nsay Done.' });
  const [open] = (await call('/api/v1/approvals', '/api/v1/approvals')).body.items;
  const decided = await call('/api/v1/approvals/{approvalId}/decision', `/api/v1/approvals/${open.id}/decision`, {
    body: { type: 'answer', answer: 'Yes' },
  });
  expect(decided.body).toMatchObject({ runId: second.body.id, status: 'answered', decidedByName: expect.any(String) });
  const again = (verb: string, body?: object) =>
    call(`/api/v1/runs/{runId}/${verb}`, `/api/v1/runs/${asks.body.id}/${verb}`, { body });
  expect(await again('retry')).toMatchObject({ status: 202, body: { rerunOf: asks.body.id, resumedFrom: 'tool-0-0' } });
  const result = { output: { answer: 'yes' } };
  expect((await again('rerun', { fromStep: 'model-0', answer: { content: 'Yes.' } })).status).toBe(202);
  expect((await again('rerun', { fromStep: 'model-0', result })).status).toBe(400);
  expect((await again('fork', { version: 'draft' })).body).toMatchObject({ version: null });
  expect(
    (await call('/api/v1/runs', '/api/v1/runs', { query: '?limit=2&status=completed,cancelled' })).body.nextCursor,
  ).toEqual(expect.any(String));

  for (const path of Object.keys(paths)) {
    const filled = path.replace(/\{\w+\}/, made.body.id);
    for (const method of Object.keys(paths[path] ?? {})) {
      const sends = method === 'post' || method === 'put';
      const refused = await call(path, filled, {
        ...{ token: null, method: method.toUpperCase() },
        ...(sends && { body: {} }),
      });
      expect(refused.status).toBe(401);
    }
  }
  const documented = Object.values(paths).flatMap((methods) =>
    Object.values(methods).flatMap(({ operationId, responses }) => [
      `${operationId} default application/problem+json`,
      ...Object.entries(responses).flatMap(([status, { content }]) =>
        Object.keys(content ?? {}).map((type) => `${operationId} ${status} ${type}`),
      ),
    ]),
  );
  expect([...checked].sort()).toEqual([...documented].sort());
});

test('a run on a provider without a key fails with what to do', async () => {
  const spec = { ...blankSpec(), model: 'openai/gpt-5-mini' };
  const made = await call('/api/v1/agents', '/api/v1/agents', { body: { name: 'Keyless', spec, publish: true } });
  const run = await call('/api/v1/agents/{agentId}/runs', `/api/v1/agents/${made.body.id}/runs`, {
    body: { input: 'Hi' },
  });
  expect(run).toMatchObject({ status: 200, body: { status: 'failed', errorCode: 'credential_missing' } });
  expect(run.body.errorMessage).toMatch(/Settings|key/);
});
