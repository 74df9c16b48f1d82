import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { makeDatabase, type OwnDatabase } from '@/db/testing/database';

/** The sweep finds what it is for: faults planted in the server, one at a time, in a database of their own. */

let database: OwnDatabase;
const { DATABASE_URL } = process.env;
beforeAll(async () => {
  database = await makeDatabase();
  process.env.DATABASE_URL = database.url;
});
beforeEach(() => {
  vi.resetModules();
});
const planted: string[] = [];
afterEach(async () => {
  await (await import('@/db/client')).closeDatabase();
  for (const path of planted.splice(0)) vi.doUnmock(path);
});
afterAll(async () => {
  process.env.DATABASE_URL = DATABASE_URL;
  await database.drop();
});

/** Replaces exports of a module; what is loaded from now on gets them. */
function plant<M extends object>(path: string, faults: (original: M) => object): void {
  planted.push(path);
  vi.doMock(path, async (original) => {
    const module = await original<M>();
    return { ...module, ...faults(module) };
  });
}

/** What the sweep says of the entrances named, all of it loaded anew. */
async function sweep(...names: string[]): Promise<string[]> {
  const faults = await import('./testing/sweep/faults');
  const { checkDeadKeys, checkScopes } = await import('./testing/sweep/keys');
  const { procedureEntrances } = await import('./testing/sweep/procedures');
  const { routeEntrances } = await import('./testing/sweep/routes');
  (await import('./testing/silent-runner')).setSilentRunner();
  const always = [faults.checkNobody, faults.checkForeignIds, faults.checkRoles];
  const found: string[] = [];
  for (const entrance of [...procedureEntrances, ...(await routeEntrances())]) {
    if (!names.includes(entrance.name)) continue;
    const own = entrance.name.includes('/') ? [checkDeadKeys, checkScopes] : [faults.checkOutsiders];
    found.push(...(await faults.entranceFaults(entrance, [...always, ...own])));
  }
  return found;
}
const GET_AGENT = 'GET /api/v1/agents/[agentId]';

test('without a fault nothing is found', async () => {
  expect(await sweep('agents.get', 'agents.archive', GET_AGENT)).toEqual([]);
});

test('permissions that nobody checks', async () => {
  plant('@/server/context', () => ({ requirePermission: () => {} }));
  const faults = await sweep('agents.archive', GET_AGENT);
  expect(faults).toContain('agents.archive: viewer gets 200');
  expect(faults).toContain('agents.archive: changed agents, audit_entries');
  expect(faults).toContain(`${GET_AGENT}: billing_admin gets 200`);
  expect(faults).toContain(`${GET_AGENT}: a key without agents:read gets 200`);
});

test('one verb without its permission line', async () => {
  plant<typeof import('./agents/service')>('@/server/agents/service', ({ archiveAgent }) => ({
    archiveAgent: ((ctx, input) => archiveAgent({ ...ctx, permissions: ['*:*'] }, input)) satisfies typeof archiveAgent,
  }));
  expect(await sweep('agents.archive', 'agents.restore')).toEqual([
    'agents.archive: changed agents, audit_entries',
    'agents.archive: viewer gets 200',
    'agents.archive: billing_admin gets 412',
  ]);
});

test('a verb that refuses after it has written', async () => {
  plant<typeof import('./agents/service')>('@/server/agents/service', ({ archiveAgent }) => ({
    archiveAgent: (async (ctx, input) => {
      await archiveAgent({ ...ctx, permissions: ['*:*'] }, input);
      (await import('./context')).requirePermission(ctx, 'agents:archive');
    }) satisfies typeof archiveAgent,
  }));
  expect(await sweep('agents.archive')).toContain('agents.archive: changed agents, audit_entries');
});

/** A query that looks for the id alone. */
const plantForgetfulQuery = () =>
  plant<typeof import('./agents/queries')>('@/server/agents/queries', ({ getAgent }) => ({
    getAgent: (async (ctx, agentId) => {
      const { agents } = await import('@/db/schema/agents');
      const [row] = await ctx.db.select({ org: agents.orgId }).from(agents).where(eq(agents.id, agentId));
      return getAgent({ ...ctx, org: { ...ctx.org, id: row?.org ?? ctx.org.id } }, agentId);
    }) satisfies typeof getAgent,
  }));

test('a query that forgets the organization is caught by row security', async () => {
  plantForgetfulQuery();
  expect(await sweep('agents.get', GET_AGENT)).toEqual([]);
});

test('a query that forgets the organization, where row security is off', async () => {
  plantForgetfulQuery();
  await database.sql`alter table agents disable row level security`;
  const faults = await sweep('agents.get', GET_AGENT);
  await database.sql`alter table agents enable row level security`;
  for (const name of ['agents.get', GET_AGENT]) {
    expect(faults).toContain(`${name}: tells the victim's rows by agentId`);
    expect(faults).toContain(`${name}: a foreign agentId is told from a missing one`);
  }
});

test('a membership that is found for anybody', async () => {
  plant<typeof import('./organizations/queries')>('@/server/organizations/queries', () => ({
    findMembership: async (_: string, slug: string) => {
      const [row] = await database.sql`select id, slug, name, created_at from organizations where slug = ${slug}`;
      return row && { organization: row, role: 'org_owner' };
    },
  }));
  const faults = await sweep('agents.get', 'agents.archive');
  expect(faults).toContain('agents.get: a stranger gets 200');
  expect(faults).toContain('agents.get: a removed member gets 200');
  expect(faults).toContain('agents.archive: changed agents, audit_entries');
});

test('keys that outlive their end', async () => {
  plant<typeof import('./api-keys/queries')>('@/server/api-keys/queries', ({ findKeyInUse }) => ({
    findKeyInUse: (async (ctx, hash) => {
      const key = await findKeyInUse(ctx, hash);
      return key && { ...key, revokedAt: null, expiresAt: null, makerRole: key.makerRole ?? 'org_owner' };
    }) satisfies typeof findKeyInUse,
  }));
  expect(await sweep(GET_AGENT)).toEqual([
    `${GET_AGENT}: a key that is expired gets 200`,
    `${GET_AGENT}: a key that is revoked gets 200`,
    `${GET_AGENT}: a key that is removed member's gets 200`,
  ]);
});

test('a procedure that nobody told the sweep of', async () => {
  plant<typeof import('./trpc/root')>('@/server/trpc/root', ({ appRouter: { _def } }) => ({
    appRouter: { _def: { ..._def, procedures: { ..._def.procedures, 'agents.purge': _def.procedures.agents } } },
  }));
  const { unlistedProcedures } = await import('./testing/sweep/procedures');
  expect(unlistedProcedures()).toEqual(['procedure agents.purge has no case in the sweep']);
});
