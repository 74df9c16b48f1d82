import { beforeAll, expect, test } from 'vitest';
import { setSilentRunner } from './testing/silent-runner';
import { checkForeignIds, checkNobody, checkOutsiders, checkRoles, entranceFaults } from './testing/sweep/faults';
import { checkDeadKeys, checkScopes } from './testing/sweep/keys';
import { procedureEntrances, unlistedProcedures } from './testing/sweep/procedures';
import { loadHandlers, routeEntrances, unlistedRoutes } from './testing/sweep/routes';

beforeAll(setSilentRunner);

test('every procedure and every handler of every route has its case', async () => {
  expect([...unlistedProcedures(), ...(await unlistedRoutes())]).toEqual([]);
});

test.each(procedureEntrances)('procedure $name', async (entrance) => {
  const checks = [checkNobody, checkOutsiders, checkForeignIds, checkRoles];
  expect(await entranceFaults(entrance, checks)).toEqual([]);
});

test.each(await routeEntrances())('route $name', async (entrance) => {
  const checks = [checkNobody, checkForeignIds, checkRoles, checkDeadKeys, checkScopes];
  expect(await entranceFaults(entrance, checks)).toEqual([]);
});

test('functions are called by whoever signs, and by nobody else', async () => {
  const handler = (await loadHandlers()).get('POST /api/inngest');
  const url = 'http://localhost/api/inngest?fnId=muster-run-execute&stepId=step';
  const body = JSON.stringify({ event: { name: 'x', data: {} }, events: [], steps: {}, ctx: {} });
  const signature = `t=${Math.floor(Date.now() / 1000)}&s=${'0'.repeat(64)}`;
  for (const headers of [new Headers(), new Headers({ 'x-inngest-signature': signature })]) {
    const request = new Request(url, { method: 'POST', headers, body });
    expect((await handler?.(request, { params: Promise.resolve({}) }))?.status).toBe(401);
  }
});
