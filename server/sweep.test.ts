import { beforeAll, expect, test } from 'vitest';
import { setSilentRunner } from './testing/silent-runner';
import { checkForeignIds, checkNobody, checkOutsiders, checkRoles, entranceFaults } from './testing/sweep/faults';
import { checkDeadKeys, checkScopes } from './testing/sweep/keys';
import { procedureEntrances, unlistedProcedures } from './testing/sweep/procedures';
import { routeEntrances, unlistedRoutes } from './testing/sweep/routes';

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
