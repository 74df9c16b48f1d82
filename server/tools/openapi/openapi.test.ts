import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { JsonValue } from '@/lib/contracts/json';
import { ImportOpenApiInput } from '@/lib/contracts/openapi';
import type { OrgContext } from '../../context';
import { createGuardedClient, guardedFetch } from '../../http/guarded';
import { createSecret } from '../../secrets/service';
import { makeOrganization } from '../../testing/factories';
import { changeTool, getTool } from '../service';
import { tryTool } from '../try-tool';
import { importOpenApi, readOpenApi } from './service';

const { fetch: localHttp } = createGuardedClient({ isAllowedAddress: (address) => address === '127.0.0.1' });
const closers: (() => void)[] = [];
let ctx: OrgContext;
beforeEach(async () => {
  ctx = await makeOrganization();
});
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(answer: (line: string) => string) {
  const seen: { line: string; key: unknown; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const line = `${request.method} ${request.url}`;
    seen.push({ line, key: request.headers['x-api-key'], body });
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer(line));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closers.push(() => server.close());
  return { seen, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const documentOf = (server: string, more: { [key: string]: JsonValue } = {}) => ({
  openapi: '3.0.3',
  info: { title: 'Pets', version: '1' },
  servers: [{ url: server }],
  security: [{ key: [] }],
  paths: {
    '/pets': {
      get: {
        operationId: 'listPets',
        summary: 'Pets of a kind',
        parameters: [
          { name: 'kind', in: 'query', schema: { type: 'string', enum: ['cat', 'dog'] } },
          { name: 'tags[]', in: 'query', schema: { type: 'array', items: { type: 'string' } } },
          { $ref: '#/components/parameters/Limit' },
        ],
      },
      post: {
        operationId: 'createPet',
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } },
        },
      },
    },
    '/pets/{pet-id}': {
      parameters: [{ name: 'pet-id', in: 'path', required: true, schema: { type: 'integer' } }],
      get: { security: [] },
      delete: { security: [{ cookie: [] }] },
    },
    '/photos': { post: { requestBody: { content: { 'image/png': {} } } } },
    ...(more.paths as object),
  },
  components: {
    parameters: { Limit: { name: 'limit', in: 'query', schema: { type: 'integer', maximum: 50 } } },
    schemas: {
      Pet: {
        type: 'object',
        required: ['name'],
        properties: {
          id: { type: 'integer', readOnly: true },
          name: { type: 'string' },
          parents: { type: 'array', items: { $ref: '#/components/schemas/Pet' } },
        },
      },
    },
    securitySchemes: {
      key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      cookie: { type: 'apiKey', in: 'cookie', name: 'sid' },
    },
  },
});

const read = (text: string) => readOpenApi(ctx, { source: { type: 'text', text } });
const bring = (text: string, hash: string, baseUrl: string, operations: string[], secrets = { key: 'PETS' }) =>
  importOpenApi(ctx, ImportOpenApiInput.parse({ source: { type: 'text', text }, hash, baseUrl, secrets, operations }));

test('operations become tools that call what they describe', async () => {
  const { seen, base } = await serve(() => '[]');
  await createSecret(ctx, { name: 'PETS', value: 'pets-key-123', description: '' });
  const text = stringify(documentOf(`${base}/v1/`));
  const preview = await read(text);
  expect(preview).toMatchObject({
    title: 'Pets',
    baseUrl: `${base}/v1`,
    schemes: [{ name: 'key', says: 'Header X-API-Key' }],
  });
  expect(preview.operations.map(({ key, name, takes, problem }) => [key, name, takes.join(' '), problem])).toEqual([
    ['GET /pets', 'list_pets', 'kind tags_ limit', null],
    ['POST /pets', 'create_pet', 'name parents', null],
    ['GET /pets/{pet-id}', 'get_pets_pet_id', 'pet_id', null],
    ['DELETE /pets/{pet-id}', 'delete_pets_pet_id', '', 'It needs credentials of a kind that tools cannot send.'],
    ['POST /photos', 'post_photos', '', 'It takes image/png; tools send JSON.'],
  ]);
  const chosen = ['GET /pets', 'POST /pets', 'GET /pets/{pet-id}'];
  await expect(bring(text, preview.hash, preview.baseUrl, chosen, {} as never)).rejects.toThrow(
    /needs the credentials key/,
  );
  expect(await bring(text, preview.hash, preview.baseUrl, chosen)).toEqual({
    names: ['list_pets', 'create_pet', 'get_pets_pet_id'],
  });
  const attempt = (name: string, input: JsonValue) => tryTool(ctx, { name, input }, undefined, localHttp);
  await attempt('list_pets', { kind: 'cat', tags_: ['a b', 'c'] });
  await attempt('create_pet', { name: 'Mia', parents: [{ name: 'Tom' }] });
  await attempt('get_pets_pet_id', { pet_id: 7 });
  expect(seen).toEqual([
    { line: 'GET /v1/pets?kind=cat&tags%5B%5D=a+b&tags%5B%5D=c', key: 'pets-key-123', body: '' },
    { line: 'POST /v1/pets', key: 'pets-key-123', body: '{"name":"Mia","parents":[{"name":"Tom"}]}' },
    { line: 'GET /v1/pets/7', key: undefined, body: '' },
  ]);
  expect((await attempt('list_pets', { kind: 'bird' })).error).toMatch(/not valid/);
  expect((await attempt('create_pet', { name: 'Mia', parents: 'Tom' })).error).toMatch(/not valid/);
  const told = await getTool(ctx, { name: 'create_pet' });
  expect(told).toMatchObject({
    approval: 'ask',
    inputSchema: { required: ['name'], properties: { parents: { type: 'array' } } },
  });
  // A pet has parents, who have parents: cut, and said so.
  expect(told.description).toMatch(/nested deeper than is shown/);
  expect(JSON.stringify(told.inputSchema)).not.toContain('$ref');
});

test('the same document again changes the tools that were made of it, and no others', async () => {
  await createSecret(ctx, { name: 'PETS', value: 'pets-key-123', description: '' });
  const first = JSON.stringify(documentOf('https://pets.example'));
  const { hash, baseUrl } = await read(first);
  await bring(first, hash, baseUrl, ['GET /pets', 'POST /pets']);
  const { custom } = await getTool(ctx, { name: 'list_pets' });
  if (!custom) throw new Error('no such tool');
  const { revision, label, description, parameters, action, timeoutSeconds, retries } = custom;
  const mine = { name: 'list_pets', revision, label, description, parameters, action, timeoutSeconds, retries };
  await changeTool(ctx, { ...mine, approval: 'deny', enabled: false });
  const second = first.replace('"maximum":50', '"maximum":50,"description":"At most 50"');
  await expect(bring(second, hash, baseUrl, ['GET /pets'])).rejects.toThrow(/another one by now/);
  const preview = await read(second);
  expect(preview.schemes).toMatchObject([{ secret: 'PETS' }]);
  expect(preview.operations.map(({ state }) => state)).toEqual(['changed', 'same', 'new', 'new', 'new']);
  const { before = '', after: now = '' } = preview.operations[0]?.change ?? {};
  expect(now.split('\n').filter((line) => !before.split('\n').includes(line))).toEqual([
    expect.stringContaining('At most 50'),
  ]);
  expect(now.split('\n')).toHaveLength(before.split('\n').length);
  await bring(second, preview.hash, baseUrl, ['GET /pets']);
  const after = await getTool(ctx, { name: 'list_pets' });
  expect(after).toMatchObject({ approval: 'deny', disabled: 'list_pets is switched off.' });
  expect(JSON.stringify(after.inputSchema)).toContain('At most 50');
});

test.each([
  ['{"openapi": "3.0.0",', /neither JSON nor YAML/],
  ['swagger: "2.0"\ninfo: {title: a}\npaths: {}', /openapi: Only OpenAPI 3 is read/],
  ['openapi: 3.1.0\npaths: {}', /info: /],
  ['openapi: 3.1.0\ninfo: {title: a}\npaths: {}', /has no operation/],
  ['openapi: 3.1.0\ninfo: {title: a}\npaths: {pets: {}}', /paths: Each path begins with/],
  [
    'openapi: 3.1.0\ninfo: {title: a}\npaths: {/a: {get: {parameters: [{$ref: "file:///etc/passwd"}]}}}',
    /\/paths\/\/a\/get\/parameters\/0 .* points out/,
  ],
  [
    `openapi: 3.1.0\ninfo: {title: a}\npaths:\n${Array.from({ length: 301 }, (_, at) => `  /p${at}: {get: {}}`).join('\n')}`,
    /301 operations/,
  ],
])('a document that is wrong is said to be, and where: %#', async (text, message) => {
  await expect(read(text)).rejects.toThrow(message);
});

test('a reference that leads nowhere or in a circle stops that operation alone', async () => {
  const circle = { $ref: '#/components/parameters/Round' };
  const paths = { '/a': { get: { parameters: [{ $ref: '#/nowhere' }] } }, '/b': { get: { parameters: [circle] } } };
  const document = documentOf('https://pets.example', { paths });
  const round = {
    ...document,
    components: { ...document.components, parameters: { ...document.components.parameters, Round: circle } },
  };
  const { operations } = await read(JSON.stringify(round));
  expect(operations.slice(-2).map(({ problem }) => problem)).toEqual([
    '$ref #/nowhere leads nowhere.',
    '$ref #/components/parameters/Round leads in a circle.',
  ]);
});

test('a document is read from public addresses alone, and not when it is too long', async () => {
  const { base } = await serve((line) =>
    line.endsWith('/big') ? 'x'.repeat(2_100_000) : JSON.stringify(documentOf('/v2')),
  );
  const from = (url: string, http = localHttp) => readOpenApi(ctx, { source: { type: 'url', url } }, http);
  expect(await from(`${base}/openapi.json`)).toMatchObject({ title: 'Pets', baseUrl: `${base}/v2` });
  await expect(from(`${base}/big`)).rejects.toThrow(/larger than 2 MB/);
  await expect(from(`${base}/openapi.json`, guardedFetch)).rejects.toThrow(/no public address/);
  await expect(from('http://169.254.169.254/openapi.json', guardedFetch)).rejects.toThrow(/no public address/);
});

test('many keys do not hold the server up', async () => {
  const many = Array.from({ length: 40_000 }, (_, at) => `k${at}: v`).join('\n');
  // Compared each with each, they take a minute, and the test longer than it may.
  await expect(read(many)).rejects.toThrow(/OpenAPI 3/);
});
