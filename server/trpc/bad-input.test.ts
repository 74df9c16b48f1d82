import { beforeAll, expect, test, vi } from 'vitest';
import { changedTables, fingerprint } from '../testing/fingerprint';
import { type Caller, makePublished, makeScene, type Scene } from '../testing/scene';
import { setSilentRunner } from '../testing/silent-runner';

// Who is signed in is known to Next alone; everything else here is the route as it is.
let caller: Caller;
vi.mock('../auth/session', () => ({ currentSession: async () => caller.session }));
const { GET, POST } = await import('@/app/api/trpc/[trpc]/route');

let scene: Scene;
let agentId: string;
beforeAll(async () => {
  setSilentRunner();
  scene = await makeScene();
  caller = await scene.as('org_owner');
  agentId = (await makePublished(scene)).id;
});

const address = 'http://localhost/api/trpc/';
const JSON_TYPE = { 'content-type': 'application/json' };
const post = (body: BodyInit, headers: Record<string, string> = JSON_TYPE, path = 'agents.archive') =>
  POST(new Request(address + path, { method: 'POST', headers, body }));
const get = (input: string, path = 'agents.get') =>
  GET(new Request(`${address}${path}?input=${encodeURIComponent(input)}`));
/** The input of `agents.archive` with what superjson is to make of it. */
const archive = (meta: object, id: unknown = agentId) =>
  post(JSON.stringify({ json: { org: caller.org, agentId: id }, meta }));
const nested = (depth: number) => `{"json":${'['.repeat(depth)}${']'.repeat(depth)}}`;
const form = () => {
  const data = new FormData();
  data.set('agentId', agentId);
  return data;
};
const UNREADABLE = /^The input cannot be read/;

test.each<[string, () => Promise<Response>, number, RegExp]>([
  ['no body', () => post(''), 400, UNREADABLE],
  ['no JSON', () => post('{"json":'), 400, UNREADABLE],
  ['JSON that is no object', () => post('null'), 400, UNREADABLE],
  ['an object without input', () => post('{}'), 400, /It is missing/],
  ['JSON nested 100,000 deep', () => post(nested(100_000)), 400, /nested more than 64 levels/],
  ['brackets without end', () => post('['.repeat(100_000)), 400, /nested more than 64 levels/],
  ['a query nested 100,000 deep', () => get(nested(100_000)), 400, /expected object/],
  ['10 MB', () => post(`"${'x'.repeat(10_000_000)}"`), 413, /larger than 1024 KB/],
  [
    '10 MB that say they are less',
    () => post('x'.repeat(10_000_000), { ...JSON_TYPE, 'content-length': '2' }),
    413,
    /larger/,
  ],
  ['bytes that are no UTF-8', () => post(new Uint8Array([34, 0xff, 34])), 400, /not UTF-8/],
  ['another content type', () => post('{}', { 'content-type': 'text/plain' }), 415, /Unsupported content-type/],
  ['a form', () => post(form(), {}), 400, /It is missing/],
  ['a body of bytes', () => post('{}', { 'content-type': 'application/octet-stream' }), 400, /It is missing/],
  ['a prototype named by superjson', () => archive({ values: { '__proto__.x': ['Date'] } }), 400, UNREADABLE],
  ['a class named by superjson', () => archive({ values: { agentId: [['class', 'Date']] } }), 400, UNREADABLE],
  ['a number that is none', () => archive({ values: { agentId: ['bigint'] } }, 'x'), 400, UNREADABLE],
  ['references into nothing', () => archive({ referentialEqualities: { 'a.b.c': ['d.e'] } }), 400, UNREADABLE],
  ['a date for an id', () => archive({ values: { agentId: ['Date'] } }, '2026-01-01'), 400, /agentId: Not an id/],
  ['a prototype in the input', () => post('{"json":{"__proto__":{"org":"x"}}}'), 400, /org: /],
  ['a procedure that is not there', () => post('{}', JSON_TYPE, 'agents.constructor'), 404, /No procedure/],
  ['a change asked for by GET', () => get('{}', 'agents.archive'), 405, /Unsupported GET/],
  [
    'a batch of 51',
    () => post('{}', JSON_TYPE, `${Array(51).fill('agents.archive').join()}?batch=1`),
    400,
    /exceeds maximum size/,
  ],
  [
    'a batch that is none',
    () => post('7', JSON_TYPE, 'agents.archive,agents.restore?batch=1'),
    400,
    /needs to be an object/,
  ],
])('%s is refused in words and changes nothing', async (_, send, status, words) => {
  const before = await fingerprint(scene.owner.org.id);
  const response = await send();
  const body = await response.json();
  const [answer] = [body].flat();
  expect(response.status).toBe(status);
  expect(answer.detail ?? answer.error.json.message).toMatch(words);
  expect(changedTables(before, await fingerprint(scene.owner.org.id))).toEqual([]);
});

test('a subscription to what is not there ends with its code, so that nobody connects again', async () => {
  const response = await get(JSON.stringify({ json: { org: caller.org, runId: agentId } }), 'runs.watch');
  const text = await response.text();
  expect(text).toContain('event: serialized-error');
  expect(text).toContain('"httpStatus":404');
});
