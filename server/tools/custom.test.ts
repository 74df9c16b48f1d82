import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { blankSpec } from '@/lib/contracts/agents';
import type { JsonValue } from '@/lib/contracts/json';
import { CreateToolInput, HttpAction } from '@/lib/contracts/tools';
import { createAgent } from '../agents/service';
import { withTenant } from '../context';
import { createGuardedClient } from '../http/guarded';
import { createSecret } from '../secrets/service';
import { makeScene, type Scene } from '../testing/scene';
import { setSilentRunner } from '../testing/silent-runner';
import { requestOf } from './http-action';
import { changeTool, createTool, deleteTool, getTool, listOfferedTools, listTools } from './service';
import { openToolbox } from './toolbox';
import { tryTool } from './try-tool';

const { fetch: localHttp } = createGuardedClient({ isAllowedAddress: (address) => address === '127.0.0.1' });
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

let scene: Scene;
let mine: Scene['owner'];
beforeAll(async () => {
  setSilentRunner();
  scene = await makeScene();
  mine = scene.owner;
});

const make = (given: object) =>
  createTool(mine, CreateToolInput.parse({ label: 'Tool', description: 'Does it.', ...given }));
const attempt = (name: string, input: JsonValue) => tryTool(mine, { name, input }, undefined, localHttp);

/** Answers each request in turn, the last answer for ever, and keeps what it was asked. */
async function serve(...answers: { status?: number; type?: string; body: string }[]) {
  const seen: { line: string; headers: Record<string, unknown>; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
    const answer = answers[Math.min(seen.length, answers.length) - 1] ?? { body: '' };
    response.writeHead(answer.status ?? 200, { 'content-type': answer.type ?? 'application/json' }).end(answer.body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closers.push(() => server.close());
  return { seen, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const NOWHERE = /host or port that there cannot be/;
const text = (name: string, more: object = {}) => ({ name, ...more });

describe('a tool that calls an address', () => {
  test('puts arguments and secrets where they belong, each encoded for its place', async () => {
    const { seen, base } = await serve({ status: 201, body: '{"id":7,"echo":"tok-52c1e9aa"}' });
    await createSecret(mine, { name: 'ORDERS_TOKEN', value: 'tok-52c1e9aa', description: '' });
    await make({
      name: 'place_order',
      parameters: [
        text('customer'),
        { name: 'count', type: 'integer' },
        { name: 'tags', type: 'json', required: false },
        text('note', { required: false }),
      ],
      action: {
        kind: 'http',
        method: 'POST',
        url: `${base}/customers/{{customer}}/orders?v=1`,
        query: [text('note', { value: '{{note}}' }), text('q', { value: 'n={{count}}' })],
        headers: [text('authorization', { value: 'Bearer {{secret.ORDERS_TOKEN}}' })],
        body: { count: '{{count}}', tags: '{{tags}}', note: '{{note}}', text: '{{count}} of {{customer}}' },
      },
    });
    const tried = await attempt('place_order', { customer: 'a/b?c {{secret.ORDERS_TOKEN}}', count: 3, tags: ['x'] });
    expect(tried).toMatchObject({ ok: true, error: null, output: { status: 201 } });
    // What the other side repeats of a secret does not come back.
    expect(tried.output).toEqual({ status: 201, body: { id: 7, echo: '[secret ORDERS_TOKEN]' } });
    const [request] = seen;
    expect(request?.line).toBe(`POST /customers/a%2Fb%3Fc%20%7B%7Bsecret.ORDERS_TOKEN%7D%7D/orders?v=1&q=n%3D3`);
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer tok-52c1e9aa',
      'content-type': 'application/json',
    });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      count: 3,
      tags: ['x'],
      text: '3 of a/b?c {{secret.ORDERS_TOKEN}}',
    });
  });

  test('tries again what only reads, and says what it was answered', async () => {
    const { seen, base } = await serve({ status: 503, body: 'busy' }, { body: '[1]' });
    await make({ name: 'read_list', retries: 2, action: { kind: 'http', url: `${base}/list` } });
    expect(await attempt('read_list', {})).toMatchObject({ ok: true, output: { body: [1] } });
    expect(seen).toHaveLength(2);
    const broken = await serve({ status: 500, type: 'text/plain', body: 'it broke' });
    await make({
      name: 'write_list',
      retries: 2,
      action: { kind: 'http', method: 'POST', url: `${broken.base}/list` },
    });
    expect(await attempt('write_list', {})).toMatchObject({
      ok: false,
      error: expect.stringContaining('500. it broke'),
    });
    expect(broken.seen).toHaveLength(1);
  });

  test.each([
    ['a private address', 'http://169.254.169.254/latest', {}, /no public address/],
    ['a secret that there is not', 'http://127.0.0.1/?{{secret.NOT_THERE}}', {}, /no secret NOT_THERE/],
  ])('%s is an error to read', async (_, url, input, message) => {
    const name = `refused_${Math.random().toString(36).slice(2, 8)}`;
    await make({ name, action: { kind: 'http', url } });
    expect(await attempt(name, input)).toMatchObject({ ok: false, error: expect.stringMatching(message) });
  });

  test.each(['..', '.'])('an argument %j does not climb in the address', (part) => {
    const action = HttpAction.parse({ kind: 'http', url: 'https://api.example/users/{{id}}/mail' });
    expect(() => requestOf(action, { id: part })).toThrow('"." or ".."');
    expect(requestOf(action, { id: '../x' }).address).toBe('https://api.example/users/..%2Fx/mail');
  });
});

describe('a tool that is a program', () => {
  test('gives what it returns, and says where it fails', async () => {
    await make({
      name: 'vat',
      parameters: [{ name: 'net', type: 'number' }, text('country', { choices: ['DE', 'FR'] })],
      action: {
        kind: 'javascript',
        code: 'const rate = { DE: 0.19, FR: 0.2 }[input.country];\nreturn input.net * (1 + rate);',
      },
    });
    expect(await attempt('vat', { net: 100, country: 'DE' })).toMatchObject({ ok: true, output: 119 });
    expect(await attempt('vat', { net: '100', country: 'IT' })).toMatchObject({
      ok: false,
      error: expect.stringMatching(/arguments of vat.*net|country/s),
    });
    await make({ name: 'broken', action: { kind: 'javascript', code: '\nthrow new Error("no")' } });
    expect(await attempt('broken', {})).toMatchObject({ ok: false, error: 'Error: no (line 2)' });
  });
});

describe('the tools of an organization', () => {
  test('are offered, listed and found beside the built-in ones', async () => {
    await make({ name: 'zz_last', label: 'Very last', action: { kind: 'javascript', code: 'return 1' } });
    expect((await listOfferedTools(mine)).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['calculator', 'zz_last']),
    );
    const first = await listTools(mine, { query: '', limit: 1 });
    expect(first.items.some(({ isCustom }) => !isCustom)).toBe(true);
    const next = await listTools(mine, { query: '', limit: 1, cursor: first.nextCursor ?? '' });
    expect(next.items).toHaveLength(1);
    expect(first.items.map(({ name }) => name)).not.toContain(next.items[0]?.name);
    expect((await listTools(mine, { query: 'very LAST', limit: 10 })).items.map(({ name }) => name)).toEqual([
      'zz_last',
    ]);
    expect(await getTool(mine, { name: 'calculator' })).toMatchObject({
      custom: null,
      inputSchema: { type: 'object', required: ['expression'] },
    });
  });

  test('an agent is given one by its name, and is not when it is switched off or gone', async () => {
    const tool = await make({
      name: 'lookup',
      approval: 'ask',
      parameters: [text('id')],
      action: { kind: 'javascript', code: 'return input.id' },
    });
    const spec = { ...blankSpec(), tools: [{ name: 'lookup' }, { name: 'calculator' }] };
    const agent = await createAgent(mine, { name: 'A', description: '', tags: [], spec, publish: true });
    expect(agent.publishedVersion).toBe(1);
    const open = () => withTenant(mine, (tx) => openToolbox(tx, spec.tools));
    const toolbox = await open();
    expect(toolbox.definitions().map(({ name }) => name)).toEqual(['lookup', 'calculator']);
    expect(toolbox.find('lookup')?.approval).toBe('ask');
    const { id: _, createdAt: __, updatedAt: ___, updatedByName: ____, ...content } = tool;
    await changeTool(mine, { ...content, enabled: false });
    expect((await open()).definitions().map(({ name }) => name)).toEqual(['calculator']);
    await expect(attempt('lookup', { id: 'x' })).rejects.toThrow('lookup is switched off');
    await expect(changeTool(mine, { ...content, enabled: true })).rejects.toThrow('Somebody saved this tool');
    await deleteTool(mine, { name: 'lookup' });
    expect((await open()).find('lookup')).toBeUndefined();
  });

  test('an error that repeats a secret is looked through before it is cut', async () => {
    const { base } = await serve({ status: 400, type: 'text/plain', body: 'tok-77f0e1bb'.repeat(200) });
    await createSecret(mine, { name: 'REPEATED', value: 'tok-77f0e1bb', description: '' });
    const headers = [text('authorization', { value: '{{secret.REPEATED}}' })];
    await make({ name: 'repeats', action: { kind: 'http', method: 'POST', url: base, headers } });
    const { error } = await attempt('repeats', {});
    expect(error).toMatch(/answers 400\. \[secret REPEATED\]/);
    expect(error).not.toContain('tok-');
  });

  test('only who may write secrets says where one is sent', async () => {
    const developer = { ...mine, permissions: ['tools:write'] };
    const action = {
      kind: 'http',
      url: 'https://a.example/',
      headers: [text('x', { value: '{{secret.ORDERS_TOKEN}}' })],
    };
    const given = { name: 'takes_it', label: 'Tool', description: 'Does it.' };
    const input = (more: object) => CreateToolInput.parse({ ...given, ...more });
    await expect(createTool(developer, input({ action }))).rejects.toThrow('secrets:write');
    const made = await createTool(mine, input({ action }));
    const change = (more: object) => changeTool(developer, { ...input({ action, ...more }), revision: made.revision });
    await expect(change({ action: { ...action, url: 'https://b.example/' } })).rejects.toThrow('secrets:write');
    expect(await change({ enabled: false })).toMatchObject({ enabled: false });
  });

  test('are nothing to others', async () => {
    await make({ name: 'ours', action: { kind: 'javascript', code: 'return 1' } });
    const { owner } = await makeScene();
    await expect(getTool(owner, { name: 'ours' })).rejects.toThrow('no such tool');
    await expect(tryTool(owner, { name: 'ours', input: {} })).rejects.toThrow('no such tool');
    const spec = { ...blankSpec(), tools: [{ name: 'ours' }] };
    await expect(createAgent(owner, { name: 'B', description: '', tags: [], spec, publish: false })).rejects.toThrow(
      'There is no tool ours',
    );
  });

  test.each([
    ['the name of a built-in tool', { name: 'calculator' }, /There is a tool calculator already/],
    [
      'a parameter that is not there',
      { name: 'bad', action: { kind: 'http', url: 'https://a.example/{{order}}' } },
      /\{\{order\}\} is neither a parameter nor a secret/,
    ],
    [
      'a program that nobody can read',
      { name: 'bad', action: { kind: 'javascript', code: 'return 1;\nreturn {{{;' } },
      /line 2/,
    ],
    ['a parameter twice', { name: 'bad', parameters: [text('a'), text('a')] }, /parameter a is there twice/],
    ['a host that there cannot be', { name: 'bad', action: { kind: 'http', url: 'http://[x/' } }, NOWHERE],
    ['a port that there cannot be', { name: 'bad', action: { kind: 'http', url: 'http://a.example:99999/' } }, NOWHERE],
    ['NUL in a host', { name: 'bad', action: { kind: 'http', url: 'http://10.0.0.1%00.example/' } }, NOWHERE],
  ])('%s is refused', async (_, given, message) => {
    const action = { kind: 'javascript', code: 'return 1' };
    await expect(make({ action, ...given })).rejects.toThrow(message);
  });

  test.each([
    ['an address whose host comes from outside', { url: 'https://{{host}}/x' }],
    ['an address with a password', { url: 'https://a:b@c.example/' }],
    ['another protocol', { url: 'file:///etc/passwd' }],
  ])('%s is no address of a tool', (_, given) => {
    expect(HttpAction.safeParse({ kind: 'http', ...given }).success).toBe(false);
  });
});
