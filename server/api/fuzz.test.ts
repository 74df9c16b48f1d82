import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { blankSpec } from '@/lib/contracts/agents';
import { makeAgent, makeApiKey, makeOrganization } from '../testing/factories';
import { send } from '../testing/rest';
import { setSilentRunner } from '../testing/silent-runner';
import { OPERATIONS } from './operations';

let token: string;
let agentId: string;
beforeAll(async () => {
  setSilentRunner();
  const ctx = await makeOrganization();
  token = await makeApiKey(ctx);
  agentId = (await makeAgent(ctx)).id;
});

const json = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });
const spec = fc.oneof(
  json,
  fc.record(
    { schemaVersion: json, model: json, tools: json, variables: json, limits: json, parameters: json, kind: json },
    { requiredKeys: [] },
  ),
  fc
    .record({ model: json, instructions: json, starterPrompts: json }, { requiredKeys: [] })
    .map((odd) => ({ ...blankSpec(), ...odd })),
);
/** Any JSON, and objects with the fields of our bodies: near enough to get past the first check. */
const body = fc.oneof(
  json,
  fc.record(
    {
      name: fc.oneof(json, fc.string({ unit: 'binary' })),
      description: json,
      tags: json,
      spec,
      publish: json,
      workspaceId: json,
    },
    { requiredKeys: [] },
  ),
  // Never the waiting kind: nobody executes runs here.
  fc
    .record(
      { input: fc.oneof(json, fc.string({ unit: 'binary' })), version: json, variables: json, conversationId: json },
      { requiredKeys: [] },
    )
    .map((fields) => ({ ...fields, async: true })),
);
const word = fc.string({ unit: 'binary', maxLength: 40 });
const query = fc
  .array(
    fc.tuple(
      fc.constantFrom('cursor', 'limit', 'status', 'trigger', 'query', 'agentId', 'minCostMicros', '__proto__'),
      word,
    ),
  )
  .map((pairs) => `?${new URLSearchParams(pairs.map(([name, value]) => [name, value]))}`);
const headers = fc.record({ 'idempotency-key': fc.string({ maxLength: 300 }) }, { requiredKeys: [] });

test.each(OPERATIONS)('$id is never our failure, whatever is sent', async ({ method, path }) => {
  const ids = fc.oneof(
    fc.constant(agentId),
    fc.uuid(),
    word.map((text) => text.replace(/[/ ]/g, '_')),
  );
  await fc.assert(
    fc.asyncProperty(ids, query, headers, body, async (id, search, extra, sent) => {
      const request = method === 'GET' ? { query: search } : { headers: extra, body: JSON.stringify(sent) };
      const response = await send(`${method} ${path.replace(/\{\w+\}/, id)}`, { token, ...request });
      expect([response.status < 500, response.headers.get('content-type')]).toEqual([
        true,
        response.status < 400 ? 'application/json' : 'application/problem+json',
      ]);
      await response.body?.cancel();
    }),
    { numRuns: 120 },
  );
});
