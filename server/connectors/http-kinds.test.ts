import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsV4Signer } from 'aws4fetch';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Configuration } from '@/lib/contracts/connectors';
import { env } from '@/lib/env';
import type { OrgContext } from '../context';
import { redact } from '../secrets/redaction';
import { makeOrganization } from '../testing/factories';
import { setSilentRunner } from '../testing/silent-runner';
import { testConnector } from './service';
import { callWith, makeConnector } from './testing/scene';

interface Asked {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}
interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

/** Speaks for the vendor of the test; what it was asked is kept. */
let vendor: (asked: Asked) => Answer | Promise<Answer>;
const asked: Asked[] = [];
let server: Server;
let base: string;
let owner: OrgContext;
const before = env.MUSTER_CONNECTOR_PRIVATE_HOSTS;

beforeAll(async () => {
  setSilentRunner();
  env.MUSTER_CONNECTOR_PRIVATE_HOSTS = '127.0.0.1';
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    const one = { method, url, headers, body: Buffer.concat(chunks).toString() };
    asked.push(one);
    let answer: Answer;
    try {
      answer = await vendor(one);
    } catch {
      return void response.destroy();
    }
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
    response.end(answer.body ?? '{}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  owner = await makeOrganization();
});
beforeEach(() => {
  asked.length = 0;
});
afterAll(async () => {
  env.MUSTER_CONNECTOR_PRIVATE_HOSTS = before;
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

const use = async (configuration: Configuration, tool: string, input: Parameters<typeof callWith>[3]) => {
  const { name } = await makeConnector(owner, configuration);
  return callWith(owner, { name, access: 'write' }, tool, input);
};
const tested = async (configuration: Configuration) =>
  testConnector(owner, { connectorId: (await makeConnector(owner, configuration)).id });

describe('REST', () => {
  type Settings = Extract<Configuration, { kind: 'rest' }>['settings'];
  const rest = (settings: Partial<Settings> = {}): Configuration => ({
    kind: 'rest',
    settings: {
      baseUrl: `${base}/api/v1`,
      auth: 'bearer',
      headerName: '',
      user: '',
      tokenUrl: '',
      clientId: '',
      scope: '',
      ...settings,
    },
    credentials: { secret: 'canary-secret' },
  });

  test.each([
    [{ auth: 'bearer' as const }, { authorization: 'Bearer canary-secret' }],
    [{ auth: 'header' as const, headerName: 'X-API-Key' }, { 'x-api-key': 'canary-secret' }],
    [
      { auth: 'basic' as const, user: 'ada' },
      { authorization: `Basic ${Buffer.from('ada:canary-secret').toString('base64')}` },
    ],
  ])('logs in by %j', async (settings, headers) => {
    vendor = () => ({ body: '{"total": 3}' });
    expect(await use(rest(settings), 'rest_get', { path: 'orders', query: { a: 'b c' } })).toMatchObject({
      output: { status: 200, body: { total: 3 } },
    });
    expect(asked[0]).toMatchObject({ url: '/api/v1/orders?a=b+c', headers });
  });

  test('gets a token by client credentials', async () => {
    vendor = ({ url }) => (url === '/token' ? { body: '{"access_token":"tok-en-1"}' } : {});
    const settings = { auth: 'oauth' as const, tokenUrl: `${base}/token`, clientId: 'app', scope: 'read' };
    expect(await use(rest(settings), 'rest_get', { path: '/x' })).toMatchObject({ ok: true });
    expect(asked[0]?.body).toBe('grant_type=client_credentials&client_id=app&client_secret=canary-secret&scope=read');
    expect(asked[1]?.headers.authorization).toBe('Bearer tok-en-1');
  });

  test.each([
    { auth: 'bearer' as const },
    { auth: 'basic' as const, user: 'ada' },
    { auth: 'basic' as const, user: 'ada.l' },
    { auth: 'oauth' as const, tokenUrl: 'TOKEN', clientId: 'app' },
  ])('what the service echoes of the secret is taken out: %j', async (settings) => {
    vendor = ({ url, headers }) =>
      url === '/token'
        ? { body: '{"access_token":"canary-token"}' }
        : { body: JSON.stringify({ you: headers.authorization }) };
    const answer = await use(
      rest({ ...settings, ...('tokenUrl' in settings && { tokenUrl: `${base}/token` }) }),
      'rest_get',
      {
        path: 'echo',
      },
    );
    const shown = JSON.stringify(redact(owner.org.id, answer));
    expect(shown).toContain('[secret of');
    expect(shown).not.toContain('canary');
    const [, encoded = ''] = /Basic (\S+?)"/.exec(shown) ?? [];
    expect(Buffer.from(encoded, 'base64').toString()).not.toContain('canary');
  });

  test('a path that breaks off stops no other; an address that takes no connection rests', async () => {
    vendor = async ({ url }) =>
      url.endsWith('broken') ? Promise.reject(new Error('breaks off')) : { body: '{"a":1}' };
    const { name } = await makeConnector(owner, rest());
    const call = (path: string) => callWith(owner, { name, access: 'read' }, 'rest_get', { path });
    expect(await call('broken')).toMatchObject({ ok: false, error: expect.stringContaining('broke off') });
    expect(await call('orders')).toMatchObject({ ok: true });
    const closed = await makeConnector(owner, rest({ baseUrl: 'http://127.0.0.1:65533' }));
    const ask = () => callWith(owner, { name: closed.name, access: 'read' }, 'rest_get', { path: 'x' });
    expect(await ask()).toMatchObject({ error: expect.stringContaining('cannot be used now') });
    expect(await testConnector(owner, { connectorId: closed.id })).toMatchObject({
      state: 'broken',
      stateMessage: expect.stringContaining('refuses connections'),
    });
  });

  test('writes with the method and body it is given', async () => {
    vendor = () => ({ status: 201 });
    await use(rest(), 'rest_call', { path: 'orders', method: 'POST', body: { sku: 1 } });
    expect(asked[0]).toMatchObject({
      method: 'POST',
      body: '{"sku":1}',
      headers: { 'content-type': 'application/json' },
    });
  });

  test.each([
    '../admin',
    'orders/../../admin',
    '..',
    './x',
    '%2e%2e/admin',
    '%252e%252e/admin',
    'orders/..%2f..%2fadmin',
    'orders%2f..%2f..%2fadmin',
    '..\\admin',
    'a\\..\\..\\b',
    '//evil.example/x',
    '/\\evil.example',
    'http://evil.example/x',
    'https:evil.example',
    'javascript:alert(1)',
    'x?y=1',
    'x#y',
    '.%2e/x',
    '%2E%2E%2Fx',
    '///evil.example',
  ])('the path %s does not leave the address', async (path) => {
    vendor = () => ({});
    expect(await use(rest(), 'rest_get', { path })).toMatchObject({ ok: false });
    expect(asked).toEqual([]);
  });

  test('redirects are followed inside, and nowhere else', async () => {
    vendor = ({ url }) =>
      url.endsWith('/old') ? { status: 302, headers: { location: '/api/v1/new' } } : { body: '{"is":"new"}' };
    expect(await use(rest(), 'rest_get', { path: 'old' })).toMatchObject({ output: { body: { is: 'new' } } });
    for (const location of [
      '/admin',
      'http://evil.example/',
      '/api/v1/../x',
      '//evil.example/api/v1/x',
      `${base}/api/v10/x`,
    ]) {
      asked.length = 0;
      vendor = () => ({ status: 302, headers: { location } });
      expect(await use(rest(), 'rest_get', { path: 'old' })).toMatchObject({
        error: expect.stringMatching(/not followed/),
      });
      expect(asked).toHaveLength(1);
    }
  });

  test('the test says what answers, and that a login is refused', async () => {
    vendor = () => ({ status: 404 });
    expect(await tested(rest())).toMatchObject({
      state: 'ok',
      warnings: [expect.stringMatching(/clear text/), expect.stringMatching(/nothing at the address/)],
    });
    vendor = () => ({ status: 401 });
    expect(await tested(rest())).toMatchObject({
      state: 'broken',
      stateMessage: expect.stringMatching(/login is refused/),
    });
  });

  test('an address in a private network is not called', async () => {
    env.MUSTER_CONNECTOR_PRIVATE_HOSTS = undefined;
    vendor = () => ({});
    expect(await tested(rest())).toMatchObject({ state: 'broken' });
    env.MUSTER_CONNECTOR_PRIVATE_HOSTS = '127.0.0.1';
    expect(asked).toEqual([]);
  });
});

describe('S3-compatible storage', () => {
  const KEYS = { accessKeyId: 'AKIATEST', secretAccessKey: 'canary-secret-key' };
  const storage = (settings: { bucket?: string; accessKeyId?: string } = {}): Configuration => ({
    kind: 's3',
    settings: { endpoint: base, region: 'eu-test-1', bucket: 'files', accessKeyId: KEYS.accessKeyId, ...settings },
    credentials: { secretAccessKey: KEYS.secretAccessKey },
  });
  const files = new Map<string, string>();

  /** A bucket that checks each signature by making it again. */
  const bucket = async ({ method, url, headers, body }: Asked): Promise<Answer> => {
    const signer = new AwsV4Signer({
      method,
      url: `${base}${url}`,
      headers: headers['content-type'] ? { 'content-type': headers['content-type'] } : {},
      body: body || undefined,
      ...KEYS,
      service: 's3',
      region: 'eu-test-1',
      datetime: String(headers['x-amz-date']),
    });
    const expected = (await signer.sign()).headers.get('authorization');
    if (headers.authorization !== expected)
      return { status: 403, body: '<Error><Code>SignatureDoesNotMatch</Code></Error>' };
    const { pathname, searchParams } = new URL(url, base);
    if (!pathname.startsWith('/files')) return { status: 404, body: '<Error><Code>NoSuchBucket</Code></Error>' };
    const key = decodeURIComponent(pathname.slice('/files/'.length));
    if (method === 'PUT') {
      files.set(key, body);
      return {};
    }
    if (searchParams.has('list-type')) {
      const found = [...files].filter(([name]) => name.startsWith(searchParams.get('prefix') ?? ''));
      const contents = found.map(
        ([name, text]) =>
          `<Contents><Key>${name.replace('&', '&amp;')}</Key><LastModified>2026-01-01T00:00:00Z</LastModified><Size>${text.length}</Size></Contents>`,
      );
      return {
        body: `<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`,
      };
    }
    const text = files.get(key);
    return text === undefined ? { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' } : { body: text };
  };

  test.each([
    ['half a tag', '<ListBucketResult'],
    ['100,000 levels', '<a>'.repeat(100_000)],
    ['entities without end', `<!DOCTYPE a [${'<!ENTITY b "c">'.repeat(20_000)}]><a>${'&b;'.repeat(50_000)}</a>`],
  ])('%s is no list of files', async (_, body) => {
    vendor = () => ({ body });
    const error = expect.stringMatching('no list of files');
    expect(await use(storage(), 'storage_read', {})).toEqual({ ok: false, error });
  });

  test('files are written, listed and read, signed as the server signs them', async () => {
    vendor = bucket;
    expect(await use(storage(), 'storage_write', { key: 'reports/täglich & neu.txt', content: 'Grüße' })).toEqual({
      ok: true,
      output: { key: 'reports/täglich & neu.txt', bytes: 7 },
    });
    expect(await use(storage(), 'storage_read', { prefix: 'reports/' })).toMatchObject({
      output: { files: [{ key: 'reports/täglich & neu.txt' }], truncated: false },
    });
    expect(await use(storage(), 'storage_read', { key: 'reports/täglich & neu.txt' })).toMatchObject({
      output: { content: 'Grüße' },
    });
    files.set('large', 'x'.repeat(100_000));
    expect(await use(storage(), 'storage_read', { key: 'large' })).toMatchObject({ output: { truncated: true } });
  });

  test('what is not there, not allowed or not an address is said', async () => {
    vendor = bucket;
    expect(await use(storage(), 'storage_read', { key: 'none' })).toMatchObject({
      error: expect.stringMatching(/no such file/),
    });
    expect(await use(storage(), 'storage_read', { key: '../other/x' })).toMatchObject({
      error: expect.stringMatching(/\.\./),
    });
    expect(await tested(storage({ accessKeyId: 'OTHER' }))).toMatchObject({
      state: 'broken',
      stateMessage: expect.stringMatching(/Access is refused/),
    });
    expect(await tested(storage({ bucket: 'others' }))).toMatchObject({
      state: 'broken',
      stateMessage: expect.stringMatching(/no bucket others/),
    });
    expect(await tested(storage())).toMatchObject({ state: 'ok' });
  });
});

describe('Salesforce', () => {
  const salesforce = (refreshToken = ''): Configuration => ({
    kind: 'salesforce',
    settings: { loginUrl: base, clientId: 'app' },
    credentials: { clientSecret: 'canary-client-secret', refreshToken },
  });
  const org = ({ url, body, headers }: Asked): Answer => {
    if (url === '/services/oauth2/token') {
      const form = new URLSearchParams(body);
      if (form.get('client_secret') !== 'canary-client-secret')
        return { status: 400, body: '{"error":"invalid_client"}' };
      return { body: JSON.stringify({ access_token: `tok-${form.get('grant_type')}`, instance_url: base }) };
    }
    if (!headers.authorization?.startsWith('Bearer tok-')) return { status: 401, body: '[]' };
    if (url.includes('/query?q=')) {
      if (decodeURIComponent(url).includes('Nothing'))
        return { status: 400, body: '[{"message":"sObject type Nothing is not supported"}]' };
      const records = [{ attributes: { type: 'Account' }, Name: 'Acme' }];
      return {
        body: JSON.stringify({
          totalSize: 2,
          done: false,
          nextRecordsUrl: '/services/data/v61.0/query/01g-1',
          records,
        }),
      };
    }
    if (url.endsWith('/query/01g-1'))
      return { body: JSON.stringify({ totalSize: 2, done: true, records: [{ attributes: {}, Name: 'Umbrella' }] }) };
    return {};
  };

  test('records of all pages come, by either login', async () => {
    vendor = org;
    for (const refreshToken of ['', 'canary-refresh']) {
      expect(await use(salesforce(refreshToken), 'salesforce_query', { soql: 'select Name from Account' })).toEqual({
        ok: true,
        output: { rows: [{ Name: 'Acme' }, { Name: 'Umbrella' }], rowCount: 2, truncated: false, totalSize: 2 },
      });
    }
    expect(asked.map(({ headers }) => headers.authorization).filter(Boolean)).toContain('Bearer tok-refresh_token');
    expect(await tested(salesforce())).toMatchObject({ state: 'ok' });
  });

  test('what is wrong is said in its words, and a token goes nowhere else', async () => {
    vendor = org;
    expect(await use(salesforce(), 'salesforce_query', { soql: 'select Id from Nothing' })).toMatchObject({
      error: expect.stringMatching(/Nothing is not supported/),
    });
    expect(await use(salesforce(), 'salesforce_query', { soql: 'delete from Account' })).toMatchObject({ ok: false });
    asked.length = 0;
    vendor = () => ({ body: '{"access_token":"x","instance_url":"https://evil.example"}' });
    expect(await use(salesforce(), 'salesforce_query', { soql: 'select Name from Account' })).toMatchObject({
      error: expect.stringMatching(/not one of Salesforce/),
    });
    expect(asked).toHaveLength(1);
    vendor = () => ({ status: 400, body: '{"error":"invalid_client"}' });
    expect(await tested(salesforce())).toMatchObject({
      state: 'broken',
      stateMessage: expect.stringMatching(/login is refused/),
    });
  });

  test.each(['<html>Down for maintenance</html>', '{"records": "none"}'])(
    '%s is no answer, and said to be none',
    async (body) => {
      vendor = (asked) => (asked.url.includes('/query?q=') ? { body } : org(asked));
      expect(await use(salesforce(), 'salesforce_query', { soql: 'select Name from Account' })).toMatchObject({
        error: expect.stringMatching(/something else than records/),
      });
    },
  );
});
