import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { database, openPool } from '@/db/client';
import { type CreateSecretInput, CreateSecretInput as Input } from '@/lib/contracts/secrets';
import { env } from '@/lib/env';
import { listAudit } from '../audit/service';
import type { OrgContext } from '../context';
import { withTenant } from '../context';
import { Conflict, Invalid, NotFound, PreconditionFailed } from '../errors';
import { saveCredential } from '../models/service';
import { createWorkspace } from '../organizations/service';
import { makeMember, makeOrganization } from '../testing/factories';
import { makeRun, makeScene } from '../testing/scene';
import { setSilentRunner } from '../testing/silent-runner';
import { ENCRYPTED_COLUMNS } from './cells';
import { decryptSecret } from './encryption';
import { redact } from './redaction';
import { resolveSecrets, secretNamesIn } from './resolve';
import { type Place, reencryptBatch, rewrapDataKeys, START } from './rotation';
import { createSecret, deleteSecret, getDataKey, listSecrets, replaceSecret, rotateDataKey } from './service';

beforeAll(setSilentRunner);
let owner: OrgContext;
beforeEach(async () => {
  owner = await makeOrganization();
});

const add = (name: string, value: string, more: Partial<CreateSecretInput> = {}) =>
  createSecret(owner, Input.parse({ name, value, ...more }));
const actions = async () => (await listAudit(owner, { query: 'secret', limit: 100 })).items.map(({ action }) => action);

test('every column named encrypted_… is in the registry, and nothing else', async () => {
  const pool = openPool(1);
  const columns = await pool`select table_name as "table", column_name as "column" from information_schema.columns
    where column_name like 'encrypted\\_%' order by 1, 2`;
  await pool.end();
  expect(columns.map((row) => ({ ...row }))).toEqual(
    [...ENCRYPTED_COLUMNS].sort((a, b) => (a.table < b.table ? -1 : 1)),
  );
});

test('a value is written, used and replaced, and no answer has it', async () => {
  const made = await add('API_TOKEN', 'first-value', { description: 'For the shop' });
  expect(made).toMatchObject({ name: 'API_TOKEN', description: 'For the shop', updatedByName: 'Owner' });
  expect(await resolveSecrets(owner, 'Bearer {{secret.API_TOKEN}}')).toMatchObject({ text: 'Bearer first-value' });
  const replaced = await replaceSecret(owner, { secretId: made.id, value: 'second-value' });
  expect(replaced.description).toBe('For the shop');
  expect((await resolveSecrets(owner, { a: ['{{ secret.API_TOKEN }}'] })).text).toEqual({ a: ['second-value'] });
  expect((await listSecrets(owner))[0]?.lastUsedAt).toBeInstanceOf(Date);
  expect(JSON.stringify([made, replaced, await listSecrets(owner)])).not.toMatch(/first-value|second-value/);
  const rows = await database().execute(sql`select row_to_json(s)::text as row from secrets s`);
  expect(JSON.stringify(rows)).not.toMatch(/first-value|second-value/);
  expect(redact(owner.org.id, 'they said second-value')).toBe('they said [secret API_TOKEN]');
});

test('a name that there is not is named, and so is one that cannot be', async () => {
  await expect(resolveSecrets(owner, 'x {{secret.MISSING}}')).rejects.toThrow(/no secret MISSING/);
  await expect(resolveSecrets(owner, 'x {{secret.lower}}')).rejects.toThrow(Invalid);
  expect(secretNamesIn({ a: '{{secret.A}} {{secret.A}}', b: [`{{secret.B}}`], c: '{{other}}' })).toEqual(['A', 'B']);
  const foreign = await makeOrganization();
  await add('MINE', 'my own value');
  await expect(resolveSecrets(foreign, '{{secret.MINE}}')).rejects.toThrow(PreconditionFailed);
});

test("a workspace's own secret comes before the organization's", async () => {
  const { id: workspaceId } = await createWorkspace(owner, { name: 'Shop' });
  await add('KEY', 'of everybody');
  await add('KEY', 'of the shop', { workspaceId });
  expect((await resolveSecrets(owner, '{{secret.KEY}}')).text).toBe('of everybody');
  expect((await resolveSecrets(owner, '{{secret.KEY}}', { workspaceId })).text).toBe('of the shop');
  await expect(add('KEY', 'another one')).rejects.toThrow(Conflict);
  await expect(add('OTHER', 'another one', { workspaceId: owner.org.id })).rejects.toThrow(Invalid);
});

test('only who may writes them; a foreign one is not found', async () => {
  const secret = await add('KEY', 'some value');
  const developer = await makeMember(owner, 'developer');
  expect(await listSecrets(developer)).toHaveLength(1);
  await expect(deleteSecret(developer, { secretId: secret.id })).rejects.toThrow(/secrets:write/);
  await expect(deleteSecret(await makeOrganization(), { secretId: secret.id })).rejects.toThrow(NotFound);
  await deleteSecret(owner, { secretId: secret.id });
  await expect(resolveSecrets(owner, '{{secret.KEY}}')).rejects.toThrow(PreconditionFailed);
  expect((await actions()).sort()).toEqual(['secret.create', 'secret.delete']);
});

test('a run is said once in the trail to have used a secret, and what it used before is told with it', async () => {
  const scene = await makeScene();
  owner = scene.owner;
  await add('ONE', 'value number one');
  await add('TWO', 'value number two');
  const { id: runId } = await makeRun(scene);
  await resolveSecrets(owner, '{{secret.ONE}}', { runId });
  await resolveSecrets(owner, '{{secret.ONE}}', { runId });
  const { values } = await resolveSecrets(owner, '{{secret.TWO}}', { runId });
  expect(values.map(({ name }) => name)).toEqual(['ONE', 'TWO']);
  const used = (await listAudit(owner, { query: 'secret.use', limit: 100 })).items.map(({ after }) => after);
  expect(used.filter((fact) => JSON.stringify(fact).includes(runId))).toEqual([
    { name: 'TWO', runId },
    { name: 'ONE', runId },
  ]);
});

/** Encrypts again until the end, or for some batches. */
async function reencrypt(from: Place = START, batches = 100): Promise<Place | null> {
  let place: Place | null = from;
  for (let batch = 0; place && batch < batches; batch += 1) place = await reencryptBatch(owner.org.id, place);
  return place;
}

test('a new data key encrypts everything again; broken off and begun anew it comes to the same', async () => {
  await saveCredential(owner, { provider: 'openai', key: 'sk-credential' });
  for (let index = 0; index < 120; index += 1) await add(`KEY_${index}`, `value number ${index}`);
  const before = await getDataKey(owner);
  expect(before).toMatchObject({ version: 1, total: 121, left: 0, completedAt: expect.any(Date) });
  expect(await rotateDataKey(owner)).toMatchObject({ version: 2, total: 121, left: 121, completedAt: null });

  await reencrypt(START, 2);
  const middle = await getDataKey(owner);
  expect(middle.left).toBeGreaterThan(0);
  expect(middle.left).toBeLessThan(121);
  expect((await resolveSecrets(owner, '{{secret.KEY_3}} {{secret.KEY_117}}')).text).toBe(
    'value number 3 value number 117',
  );
  await add('LATER', 'written meanwhile');

  expect(await reencrypt()).toBeNull();
  expect(await getDataKey(owner)).toMatchObject({ total: 122, left: 0, completedAt: expect.any(Date) });
  expect(await reencrypt()).toBeNull();
  expect((await resolveSecrets(owner, '{{secret.KEY_117}}')).text).toBe('value number 117');
  const completions = (await listAudit(owner, { query: 'data_key.complete', limit: 10 })).items;
  expect(completions.map(({ after }) => after)).toEqual([{ left: 0 }]);
});

test('a cell that does not open is left as it is, and counted', async () => {
  const { id } = await add('BROKEN', 'some value');
  await add('WHOLE', 'other value');
  await database().execute(sql`update secrets set encrypted_value = 's1.1.nonsense' where id = ${id}`);
  await rotateDataKey(owner);
  await reencrypt();
  expect(await getDataKey(owner)).toMatchObject({ total: 2, left: 1, completedAt: expect.any(Date) });
  expect((await resolveSecrets(owner, '{{secret.WHOLE}}')).text).toBe('other value');
});

test('whoever writes while a key is made is encrypted with one that the job comes past', async () => {
  await Promise.all([
    ...Array.from({ length: 8 }, (_, index) => add(`RACE_${index}`, `value number ${index}`)),
    rotateDataKey(owner),
  ]);
  await reencrypt();
  expect(await getDataKey(owner)).toMatchObject({ version: 2, left: 0 });
});

test('a cell opens in its own row only', async () => {
  const [one, two] = [await add('ONE', 'value number one'), await add('TWO', 'value number two')];
  const rows = await database().execute<{ encrypted: string }>(
    sql`select encrypted_value as encrypted from secrets where id = ${one.id}`,
  );
  const moved = { table: 'secrets', column: 'encrypted_value', rowId: two.id } as const;
  await expect(withTenant(owner, (tx) => decryptSecret(tx, rows[0]?.encrypted ?? '', moved))).rejects.toThrow(
    'does not open',
  );
});

test('the master key changes without touching an encrypted value; again changes nothing', async () => {
  await add('KEPT', 'kept all the time');
  await rotateDataKey(owner);
  const cells = () => database().execute(sql`select encrypted_value from secrets where org_id = ${owner.org.id}`);
  const sealed = await cells();
  const master = env.MUSTER_MASTER_KEY;
  try {
    env.MUSTER_MASTER_KEY = randomBytes(32).toString('base64');
    await expect(resolveSecrets(owner, '{{secret.KEPT}}')).rejects.toThrow('another master key');
    env.MUSTER_MASTER_KEY_PREVIOUS = master;
    expect((await resolveSecrets(owner, '{{secret.KEPT}}')).text).toBe('kept all the time');
    expect(await rewrapDataKeys(owner.org.id)).toBe(2);
    expect(await rewrapDataKeys(owner.org.id)).toBe(0);
    env.MUSTER_MASTER_KEY_PREVIOUS = undefined;
    expect((await resolveSecrets(owner, '{{secret.KEPT}}')).text).toBe('kept all the time');
    expect(await cells()).toEqual(sealed);
  } finally {
    env.MUSTER_MASTER_KEY = master;
    env.MUSTER_MASTER_KEY_PREVIOUS = undefined;
  }
});
