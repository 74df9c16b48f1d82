import { beforeAll, expect, test } from 'vitest';
import { blankSpec } from '@/lib/contracts/agents';
import { changedTables, fingerprint } from '../testing/fingerprint';
import { send } from '../testing/rest';
import { makePublished, makeRun, makeScene, type Scene } from '../testing/scene';
import { setSilentRunner } from '../testing/silent-runner';
import { Problem } from './problem';

let scene: Scene;
let token: string;
let agentId: string;
let theirs: { agentId: string; runId: string; workspaceId: string };
beforeAll(async () => {
  setSilentRunner();
  scene = await makeScene();
  token = (await scene.as('org_owner')).token ?? '';
  agentId = (await makePublished(scene)).id;
  const other = await makeScene();
  const run = await makeRun(other);
  theirs = { agentId: run.agentId, runId: run.id, workspaceId: other.workspaceId };
});

const AGENTS = 'POST /api/v1/agents';
const create = (body: unknown, headers = {}) => send(AGENTS, { token, body, headers });
const withSpec = (spec: object) => create({ name: 'x', spec: { ...blankSpec(), ...spec } });
const start = (body: unknown, id = agentId) => send(`POST /api/v1/agents/${id}/runs`, { token, body });
const list = (query: string, what = 'runs') => send(`GET /api/v1/${what}`, { token, query });
const valid = () => ({ name: 'x', spec: blankSpec() });
const nested = (depth: number) => `{"name":${'['.repeat(depth)}${']'.repeat(depth)}}`;
const withKey = (key: string) => create(valid(), { 'idempotency-key': key });
const named = (key: string) => send('GET /api/v1/agents', { token: key });

type Case = [what: string, send: () => Promise<Response>, status: number, detail: RegExp];

const bodies: Case[] = [
  ['no body', () => create(''), 400, /body is empty/],
  ['blanks for a body', () => create(' \n'), 400, /body is empty/],
  ['no JSON', () => create('{"name":'), 400, /not valid JSON/],
  ['JSON that is no object', () => create('null'), 400, /body: .*expected object/],
  ['a list', () => create('[]'), 400, /body: .*expected object/],
  ['text for a body', () => create('{}', { 'content-type': 'text/plain' }), 415, /Content-Type: application\/json/],
  [
    'a form',
    () => create('name=x', { 'content-type': 'application/x-www-form-urlencoded' }),
    415,
    /Send the body as JSON/,
  ],
  ['10 MB', () => create(`"${'x'.repeat(10_000_000)}"`), 413, /larger than 1024 KB/],
  ['10 MB that say they are less', () => create('x'.repeat(10_000_000), { 'content-length': '2' }), 413, /larger than/],
  ['JSON nested 100,000 deep', () => create(nested(100_000)), 400, /nested more than 64 levels/],
  ['objects nested 100,000 deep', () => create('{"a":'.repeat(100_000)), 400, /nested more than 64 levels/],
  ['bytes that are no UTF-8', () => create(new Uint8Array([0x22, 0xc3, 0x28, 0x22])), 400, /not UTF-8/],
  ['a prototype', () => create('{"__proto__":{"name":"x"}}'), 400, /name: /],
  [
    'a prototype inside the spec',
    () => create('{"name":"x","spec":{"__proto__":{"schemaVersion":1}}}'),
    400,
    /spec\.schemaVersion/,
  ],
];

const specs: Case[] = [
  [
    'an unknown provider',
    () => withSpec({ model: 'acme/gpt' }),
    400,
    /no model "acme\/gpt".*providers are sandbox, openai/,
  ],
  ['an unknown sandbox model', () => withSpec({ model: 'sandbox/none' }), 400, /Sandbox models are sandbox\//],
  ['a model without provider', () => withSpec({ model: 'gpt' }), 400, /named provider\/model/],
  ['a newer schema', () => withSpec({ schemaVersion: 2 }), 400, /newer schema \(2\).*Update the server/],
  ['no schema', () => withSpec({ schemaVersion: undefined }), 400, /schemaVersion must be 1/],
  ['an unknown tool', () => withSpec({ tools: [{ name: 'shell' }] }), 400, /no tool shell.*Choose from calculator/],
  ['a limit beyond all', () => withSpec({ limits: { maxSteps: 1e9 } }), 400, /spec\.limits\.maxSteps/],
  ['instructions of 60,000 characters', () => withSpec({ instructions: 'x'.repeat(60_000) }), 400, /At most 50,000/],
  [
    "another tenant's workspace",
    () => create({ ...valid(), workspaceId: theirs.workspaceId }),
    400,
    /no such workspace/,
  ],
];

const runs: Case[] = [
  ["another tenant's agent", () => start({ input: 'x' }, theirs.agentId), 404, /no such agent here/],
  [
    "another tenant's conversation",
    () => start({ input: 'x', conversationId: theirs.runId }),
    404,
    /no such conversation/,
  ],
  ['an id that is none', () => start({ input: 'x' }, "1';--"), 400, /agentId: Not an id/],
  ['an empty input', () => start({ input: ' ' }), 400, /`input` is empty/],
  ['no input', () => start({}), 400, /input: /],
  ['an input of a megabyte', () => start({ input: 'x'.repeat(300_000) }), 400, /At most 200,000/],
  ['a version that is not there', () => start({ input: 'x', version: 99 }), 404, /no such version/],
  ['an endless version', () => start('{"input":"x","version":1e400}'), 400, /version/],
  [
    'a variable the spec does not have',
    () => start({ input: 'x', variables: { city: 'Rome' } }),
    400,
    /no variable city/,
  ],
  [
    'a variable named __proto__',
    () => start('{"input":"x","variables":{"constructor":"y"}}'),
    400,
    /no variable constructor/,
  ],
  ["another tenant's run", () => send(`GET /api/v1/runs/${theirs.runId}`, { token }), 404, /no such run here/],
  [
    "another tenant's run to cancel",
    () => send(`POST /api/v1/runs/${theirs.runId}/cancel`, { token }),
    404,
    /no such run/,
  ],
];

const queries: Case[] = [
  ['a status that is none', () => list('?status=done'), 400, /status\.0: /],
  ['one status of two', () => list('?status=failed,done'), 400, /status\.1: /],
  ['a cursor that is none', () => list('?cursor=%00'), 400, /pass `nextCursor`/],
  ['a cursor of another list', () => list(`?cursor=${agentId}`, 'agents'), 400, /pass `nextCursor`/],
  ['two cursors', () => list('?cursor=a&cursor=b'), 400, /cursor: /],
  ['limit=0', () => list('?limit=0'), 400, /limit: /],
  ['limit=1000', () => list('?limit=1000'), 400, /limit: /],
  ['limit=many', () => list('?limit=many'), 400, /limit: /],
  ['a cost that is no number', () => list('?minCostMicros=1e999'), 400, /minCostMicros: /],
  ['NUL in the query', () => list('?query=%00'), 400, /NUL/],
  ['an agent that is no id', () => list('?agentId=1'), 400, /agentId: Not an id/],
];

const keys: Case[] = [
  ['no key', () => send('GET /api/v1/agents'), 401, /Send an API key: Authorization: Bearer/],
  ['a key that is garbage', () => named('sk_live_garbage'), 401, /is not known/],
  ['a key of nobody', () => named(`sk_live_${'0'.repeat(32)}${'A'.repeat(32)}`), 401, /is not known/],
  [
    'a password for a key',
    () => send('GET /api/v1/agents', { headers: { authorization: 'Basic eDp5' } }),
    401,
    /Send an API key/,
  ],
  ['an Idempotency-Key with a blank', () => withKey('a b'), 400, /1 to 255 printable/],
  ['an empty Idempotency-Key', () => withKey(''), 400, /1 to 255 printable/],
  ['an Idempotency-Key of 300 characters', () => withKey('k'.repeat(300)), 400, /1 to 255 printable/],
];

test.each([...bodies, ...specs, ...runs, ...queries, ...keys])(
  '%s: a problem document that says what to do, and no change',
  async (_, call, status, detail) => {
    const before = await fingerprint(scene.owner.org.id);
    const response = await call();
    const body: unknown = await response.json();
    expect(body).toMatchObject({ status, detail: expect.stringMatching(detail) });
    expect(Problem.strict().safeParse(body).error).toBeUndefined();
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('x-request-id')).toBe(Problem.parse(body).requestId);
    if (status === 401) expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(changedTables(before, await fingerprint(scene.owner.org.id))).toEqual([]);
  },
);

test('the same Idempotency-Key with the same request makes one thing, raced twenty times', async () => {
  const headers = { 'idempotency-key': 'one-agent' };
  const agents = await Promise.all(Array.from({ length: 20 }, () => create({ ...valid(), name: 'Once' }, headers)));
  expect(new Set(agents.map(({ status }) => status))).toEqual(new Set([201]));
  expect(new Set(await idsOf(agents)).size).toBe(1);

  const begin = () =>
    send(`POST /api/v1/agents/${agentId}/runs`, { token, headers, body: { input: 'Once', async: true } });
  const conflict = await begin();
  expect([conflict.status, (await conflict.json()).detail]).toEqual([422, expect.stringMatching(/Use a new key/)]);
  headers['idempotency-key'] = 'one-run';
  const started = await Promise.all(Array.from({ length: 20 }, begin));
  expect(new Set(started.map(({ status }) => status))).toEqual(new Set([202]));
  expect(new Set(await idsOf(started)).size).toBe(1);
});

test('the same Idempotency-Key with another request is refused, and of no concern to another program', async () => {
  const headers = { 'idempotency-key': 'mine' };
  const first = await create({ ...valid(), name: 'First' }, headers);
  const before = await fingerprint(scene.owner.org.id);
  const other = await create({ ...valid(), name: 'Other' }, headers);
  expect(other.status).toBe(422);
  expect(changedTables(before, await fingerprint(scene.owner.org.id))).toEqual([]);
  const { token: second } = await scene.as('org_owner');
  const theirOwn = await send(AGENTS, { token: second, headers, body: { ...valid(), name: 'First' } });
  expect(theirOwn.status).toBe(201);
  const [a, b] = await idsOf([first, theirOwn]);
  expect(a).not.toBe(b);
});

const idsOf = (responses: Response[]): Promise<string[]> =>
  Promise.all(responses.map(async (response) => (await response.json()).id));

test('an address of the API that is none is a problem document too', async () => {
  const { GET } = await import('@/app/api/v1/[...unknown]/route');
  const response = GET(new Request('http://localhost/api/v1/agent'));
  expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  expect(Problem.parse(await response.json()).detail).toContain('/api/v1/agents');
});
