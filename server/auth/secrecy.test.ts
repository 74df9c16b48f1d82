import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { asSystem, type RequestInfo } from '../context';
import { requestReset, resetPassword } from '../people/passwords';
import { signIn } from '../people/sign-in';
import { createAccount, signUp } from '../people/sign-up';
import { mailsTo, newestToken } from '../people/testing/mailbox';
import { REQUEST } from '../testing/scene';
import { setSilentRunner } from '../testing/silent-runner';
import { networkOf, throttleKey } from './throttle';

// The real functions, counted.
const work = vi.hoisted(() => ({ hashes: 0 }));
/** The transactions of an attempt. What it leaves to a timer, as tidying up is, keeps nobody waiting and is none of them. */
const attempts = new AsyncLocalStorage<string[]>();
const later = globalThis.setTimeout;
vi.spyOn(globalThis, 'setTimeout').mockImplementation(((run: (...args: unknown[]) => void, ...rest: [number]) =>
  later((...args: unknown[]) => attempts.exit(run, ...args), ...rest)) as typeof setTimeout);
vi.mock('@node-rs/argon2', async (load) => {
  const real = await load<typeof import('@node-rs/argon2')>();
  const counted =
    <A extends unknown[], R>(run: (...args: A) => R) =>
    (...args: A): R => {
      work.hashes += 1;
      return run(...args);
    };
  return { ...real, hash: counted(real.hash), verify: counted(real.verify) };
});
vi.mock('../context', async (load) => {
  const real = await load<typeof import('../context')>();
  const asSystem: typeof real.asSystem = (run) =>
    real.asSystem(async (db, raw) => {
      const result = await run(db, raw);
      const [row] = await db.execute(sql`select pg_current_xact_id_if_assigned() is not null as wrote`);
      attempts.getStore()?.push(row?.wrote ? 'waits for the disk' : 'reads');
      return result;
    });
  return { ...real, asSystem };
});

const PASSWORD = 'correct horse battery';
const freshEmail = () => `${randomBytes(6).toString('hex')}@example.test`;
const from = (ip = `203.0.${randomBytes(1)[0]}.${randomBytes(1)[0]}`): RequestInfo => ({ ...REQUEST, ip });
let known: string;
beforeAll(async () => {
  setSilentRunner();
});
beforeEach(async () => {
  known = freshEmail();
  await createAccount({ name: 'Ada', email: known, password: PASSWORD, organization: 'Engines' }, REQUEST);
});

/** What a stranger can see or measure of `attempt`: its answer, the hashes, the transactions. */
async function observed(attempt: () => Promise<unknown>) {
  work.hashes = 0;
  const transactions: string[] = [];
  const answer = await attempts.run(transactions, attempt).then(
    (value) => ({ value }),
    (error) => ({ error: { code: error.code, message: error.message } }),
  );
  return { answer, hashes: work.hashes, transactions };
}

test.each([
  ['signing in', (email: string) => signIn({ email, password: 'not the password' }, from())],
  ['asking for a new password', (email: string) => requestReset({ email }, from())],
  [
    'signing up',
    (email: string) => signUp({ name: 'Eve', email, password: 'some password', organization: 'Eves' }, from()),
  ],
])('%s tells nobody whether an address has an account', async (_, attempt) => {
  const [taken, free] = [await observed(() => attempt(known)), await observed(() => attempt(freshEmail()))];
  expect(taken.transactions).not.toHaveLength(0);
  expect(taken).toEqual(free);
});

test('whoever holds the address learns it by mail, whichever way they asked', async () => {
  const unknown = freshEmail();
  for (const email of [known, unknown]) {
    await requestReset({ email }, from());
    await signUp({ name: 'Ada', email, password: PASSWORD, organization: 'Engines' }, from());
  }
  expect((await mailsTo(known)).map(({ subject }) => subject)).toEqual([
    'You have an account already',
    'Choose a new password',
  ]);
  expect((await mailsTo(unknown)).map(({ subject }) => subject)).toEqual([
    'Confirm your address',
    'There is no account with this address',
  ]);
});

test('wrong passwords slow down one address, with an account or without, and the right one is no exception', async () => {
  for (const email of [known, freshEmail()]) {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(await signIn({ email, password: 'wrong' }, from())).toBeNull();
    }
    work.hashes = 0;
    await expect(signIn({ email, password: PASSWORD }, from())).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      retryAfterSeconds: expect.any(Number),
    });
    expect(work.hashes).toBe(0);
  }
});

test('fifty wrong passwords at the same moment get no more than five tries', async () => {
  work.hashes = 0;
  const attempts = await Promise.allSettled(
    Array.from({ length: 50 }, (_, index) => signIn({ email: known, password: `guess ${index}` }, from())),
  );
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  expect(work.hashes).toBe(5);
});

test('the victim gets in by the reset link at any time', async () => {
  for (let attempt = 0; attempt < 6; attempt += 1)
    await signIn({ email: known, password: 'wrong' }, from()).catch(() => {});
  await expect(signIn({ email: known, password: PASSWORD }, from())).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  await requestReset({ email: known }, from());
  await resetPassword({ token: await newestToken(known), password: 'a whole new password' }, from());
  expect(await signIn({ email: known, password: 'a whole new password' }, from())).toMatchObject({ email: known });
});

test('the pause doubles up to a quarter of an hour, and the right password ends it all', async () => {
  const key = throttleKey('password', known);
  /** Lets the pause go by. @returns how long it was. */
  const sitOut = () =>
    asSystem(async (db) => {
      const pause = sql`coalesce(blocked_until - updated_at, '0')`;
      const [row] = await db.execute<{ seconds: number }>(sql`
        update system.throttles set updated_at = updated_at - ${pause}, blocked_until = blocked_until - ${pause}
        where key = ${key} returning extract(epoch from ${pause})::int as seconds`);
      return row?.seconds;
    });
  const pauses: unknown[] = [];
  for (let attempt = 0; attempt < 13; attempt += 1) {
    expect(await signIn({ email: known, password: 'wrong' }, from())).toBeNull();
    pauses.push(await sitOut());
  }
  expect(pauses).toEqual([0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900, 900]);
  expect(await signIn({ email: known, password: PASSWORD }, from())).toMatchObject({ email: known });
  for (let attempt = 0; attempt < 4; attempt += 1) {
    expect(await signIn({ email: known, password: 'wrong' }, from())).toBeNull();
  }
  expect(await signIn({ email: known, password: PASSWORD }, from())).toMatchObject({ email: known });
});

test('many accounts tried from one network slow that network down, not the accounts', async () => {
  const thief = from();
  const attempts = await Promise.allSettled(
    Array.from({ length: 40 }, () => signIn({ email: freshEmail(), password: 'password1' }, thief)),
  );
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(30);
  await expect(signIn({ email: known, password: PASSWORD }, thief)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  expect(await signIn({ email: known, password: PASSWORD }, from())).toMatchObject({ email: known });
});

test('right passwords from one network are never too many', async () => {
  const office = from();
  for (let round = 0; round < 40; round += 1) {
    expect(await signIn({ email: known, password: PASSWORD }, office)).toMatchObject({ email: known });
  }
});

test('an address gets few mails on request, and whoever asks is not told', async () => {
  for (const email of [known, freshEmail()]) {
    const answers: unknown[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) answers.push(await requestReset({ email }, from()));
    expect(new Set(answers)).toEqual(new Set([undefined]));
    expect(await mailsTo(email)).toHaveLength(5);
  }
});

test('a network of IPv6 counts as one, whichever of its addresses asks', () => {
  expect(networkOf('2001:db8:1:2:3::4')).toBe(networkOf('2001:db8:1:2:ffff::1'));
  expect(networkOf('2001:db8:1:2::1')).not.toBe(networkOf('2001:db8:1:3::1'));
  expect(networkOf('::ffff:203.0.113.9')).toBe(networkOf('203.0.113.9'));
});
