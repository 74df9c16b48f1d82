import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { newId } from '@/db/columns';
import { accountTokens, signUps } from '@/db/schema/accounts';
import { users } from '@/db/schema/users';
import { asSystem, type SignedIn } from '../context';
import { REQUEST } from '../testing/scene';
import { setSilentRunner } from '../testing/silent-runner';
import { confirmEmailChange, disconnectIdentity, requestEmailChange, viewAccount } from './account';
import { changePassword, requestReset, resetPassword } from './passwords';
import { signInWithProvider } from './providers';
import { pruneAccounts } from './queries';
import { checkSession, listSecurityEvents, listSessions, revokeOwnSession, signOutEverywhere } from './sessions';
import { signIn, signInWithTicket } from './sign-in';
import { confirmSignUp, createAccount, signUp } from './sign-up';
import { mailsTo, newestToken } from './testing/mailbox';

beforeAll(setSilentRunner);

const freshEmail = () => `${randomBytes(6).toString('hex')}@example.test`;
/** A network of its own for each test, so that none is slowed down by another. */
const from = (ip = `198.51.${randomBytes(1)[0]}.${randomBytes(1)[0]}`) => ({ ...REQUEST, ip });
const PASSWORD = 'correct horse battery';

async function makePerson() {
  const email = freshEmail();
  const { userId } = await createAccount({ name: 'Ada', email, password: PASSWORD, organization: 'Engines' }, REQUEST);
  const enter = async (password = PASSWORD): Promise<SignedIn> => {
    const person = await signIn({ email, password }, from());
    if (!person) throw new Error('not let in');
    return { user: { id: userId, name: 'Ada', email }, sessionId: person.sessionId };
  };
  return { email, userId, enter };
}
const lives = async (session: SignedIn) => (await checkSession(session.sessionId)) !== undefined;
const kindsOf = async (session: SignedIn) =>
  (await listSecurityEvents(session, { limit: 50 })).items.map(({ kind }) => kind);
const form = (email: string) => ({ name: 'Grace', email, password: PASSWORD, organization: 'Compilers' });

test('an account exists once its address is proven, and not before', async () => {
  const email = freshEmail();
  await signUp(form(email), from());
  expect(await signIn({ email, password: PASSWORD }, from())).toBeNull();
  const { ticket, org } = await confirmSignUp({ token: await newestToken(email), password: PASSWORD }, from());
  expect(org).toMatch(/^compilers/);
  expect(await signInWithTicket(ticket, from())).toMatchObject({ name: 'Grace', email });
  expect(await signInWithTicket(ticket, from())).toBeNull();
  expect(await signIn({ email: email.toUpperCase(), password: PASSWORD }, from())).toMatchObject({ email });
});

test('a link alone makes no account: it takes the browser that asked, or the password', async () => {
  const email = freshEmail();
  const receipt = newId();
  await signUp({ ...form(email), receipt }, from());
  const token = await newestToken(email);
  for (const proof of [{}, { password: 'another password' }, { receipt: newId() }]) {
    await expect(confirmSignUp({ token, ...proof }, from())).rejects.toMatchObject({
      code: 'INVALID',
      fields: { password: expect.any(String) },
    });
  }
  await confirmSignUp({ token, receipt }, from());
  await expect(confirmSignUp({ token, receipt }, from())).rejects.toMatchObject({
    fields: { token: expect.any(String) },
  });
});

test('of two sign-ups for one address the one whose link is opened first makes the account', async () => {
  const email = freshEmail();
  await signUp({ ...form(email), password: 'a stranger chose this' }, from());
  const strangers = await newestToken(email);
  await signUp(form(email), from());
  await confirmSignUp({ token: await newestToken(email), password: PASSWORD }, from());
  await expect(confirmSignUp({ token: strangers, password: 'a stranger chose this' }, from())).rejects.toMatchObject({
    code: 'INVALID',
  });
  expect(await signIn({ email, password: 'a stranger chose this' }, from())).toBeNull();
});

test('one link opened many times at once makes one account', async () => {
  const email = freshEmail();
  await signUp(form(email), from());
  const token = await newestToken(email);
  const attempts = await Promise.allSettled(
    Array.from({ length: 6 }, () => confirmSignUp({ token, password: PASSWORD }, from())),
  );
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('links are over after their time, and then removed', async () => {
  const { email } = await makePerson();
  const other = freshEmail();
  await signUp(form(other), from());
  await requestReset({ email }, from());
  const [signUpToken, resetToken] = [await newestToken(other), await newestToken(email)];
  const past = new Date(Date.now() - 1000);
  await asSystem(async (db) => {
    await db.update(signUps).set({ expiresAt: past }).where(eq(signUps.email, other));
    await db.update(accountTokens).set({ expiresAt: past });
  });
  await expect(confirmSignUp({ token: signUpToken, password: PASSWORD }, from())).rejects.toThrow(/over/);
  await expect(resetPassword({ token: resetToken, password: PASSWORD }, from())).rejects.toThrow(/over/);
  await pruneAccounts();
  expect(await asSystem((db) => db.select().from(signUps).where(eq(signUps.email, other)))).toEqual([]);
});

test('a new password by a link works once, signs out everywhere, and links before it open nothing', async () => {
  const { email, enter } = await makePerson();
  const before = [await enter(), await enter()];
  await requestReset({ email }, from());
  const first = await newestToken(email);
  await requestReset({ email: email.toUpperCase() }, from());
  const second = await newestToken(email);
  const { ticket } = await resetPassword({ token: second, password: 'a whole new password' }, from());
  expect(await signInWithTicket(ticket, from())).toMatchObject({ email });
  for (const session of before) expect(await lives(session)).toBe(false);
  for (const token of [first, second]) {
    await expect(resetPassword({ token, password: 'and another one' }, from())).rejects.toMatchObject({
      code: 'INVALID',
    });
  }
  expect(await signIn({ email, password: PASSWORD }, from())).toBeNull();
  const session = await enter('a whole new password');
  expect((await mailsTo(email))[0]?.subject).toBe('Your password was changed');
  expect(await kindsOf(session)).toEqual(
    expect.arrayContaining(['sign_in', 'password.reset', 'password.reset_requested', 'account.created']),
  );
});

test('a password that everybody would guess is refused, and the link stays good', async () => {
  const { email } = await makePerson();
  await requestReset({ email }, from());
  const token = await newestToken(email);
  for (const password of ['password123', email]) {
    await expect(resetPassword({ token, password }, from())).rejects.toMatchObject({
      fields: { password: expect.any(String) },
    });
  }
  await expect(resetPassword({ token, password: 'not so easy to guess' }, from())).resolves.toBeDefined();
});

test('changing the password asks for the old one and leaves this browser alone signed in', async () => {
  const { enter } = await makePerson();
  const [here, there] = [await enter(), await enter()];
  await expect(
    changePassword(here, { currentPassword: 'wrong', password: 'a whole new password' }, from()),
  ).rejects.toMatchObject({ fields: { currentPassword: expect.any(String) } });
  expect(await lives(there)).toBe(true);
  await changePassword(here, { currentPassword: PASSWORD, password: 'a whole new password' }, from());
  expect([await lives(here), await lives(there)]).toEqual([true, false]);
  expect((await kindsOf(here))[0]).toBe('password.changed');
});

test('a new address counts once it is proven; the old one is told before, other browsers are signed out', async () => {
  const { email, enter } = await makePerson();
  const [here, there] = [await enter(), await enter()];
  const wanted = freshEmail();
  await expect(requestEmailChange(here, { email: wanted, currentPassword: 'wrong' }, from())).rejects.toMatchObject({
    code: 'INVALID',
  });
  await requestEmailChange(here, { email: wanted, currentPassword: PASSWORD }, from());
  expect((await viewAccount(here)).email).toBe(email);
  expect((await mailsTo(email))[0]?.paragraphs[0]).toContain(wanted);
  const token = await newestToken(wanted);
  expect(await confirmEmailChange({ token }, from())).toEqual({ email: wanted });
  expect((await checkSession(here.sessionId))?.email).toBe(wanted);
  expect(await lives(there)).toBe(false);
  expect(await signIn({ email, password: PASSWORD }, from())).toBeNull();
  await expect(confirmEmailChange({ token }, from())).rejects.toMatchObject({ code: 'INVALID' });
});

test('a new password stops a change of address under way', async () => {
  const { email, enter } = await makePerson();
  const wanted = freshEmail();
  await requestEmailChange(await enter(), { email: wanted, currentPassword: PASSWORD }, from());
  const token = await newestToken(wanted);
  await requestReset({ email }, from());
  await resetPassword({ token: await newestToken(email), password: 'a whole new password' }, from());
  await expect(confirmEmailChange({ token }, from())).rejects.toMatchObject({ code: 'INVALID' });
});

test('the address of somebody else is asked for like any other, and nothing comes of it', async () => {
  const [mine, theirs] = [await makePerson(), await makePerson()];
  const here = await mine.enter();
  await requestEmailChange(here, { email: theirs.email, currentPassword: PASSWORD }, from());
  const [told] = await mailsTo(theirs.email);
  expect(told?.subject).toMatch(/account already/);
  expect(told?.action?.url).not.toContain('#');
  expect((await viewAccount(here)).email).toBe(mine.email);
});

test('a session dies at once: ended by its person, everywhere, or with a disabled account', async () => {
  const { userId, email, enter } = await makePerson();
  const [here, there, third] = [await enter(), await enter(), await enter()];
  await revokeOwnSession(here, there.sessionId, from());
  expect(await lives(there)).toBe(false);
  await expect(revokeOwnSession(here, there.sessionId, from())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await signOutEverywhere(here, true, from())).toBe(1);
  expect([await lives(here), await lives(third)]).toEqual([true, false]);
  expect(await listSessions(here)).toMatchObject([{ id: here.sessionId, current: true }]);
  await asSystem((db) => db.update(users).set({ disabledAt: new Date() }).where(eq(users.id, userId)));
  expect(await lives(here)).toBe(false);
  expect(await signIn({ email, password: PASSWORD }, from())).toBeNull();
  await requestReset({ email }, from());
  expect((await mailsTo(email))[0]?.action?.url).not.toContain('#');
});

test('one person ends no session of another', async () => {
  const [mine, theirs] = [await makePerson(), await makePerson()];
  const session = await theirs.enter();
  await expect(revokeOwnSession(await mine.enter(), session.sessionId, from())).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(await lives(session)).toBe(true);
});

test('an account elsewhere signs in whose address it has verified, for ever and whatever the address is later', async () => {
  const { userId, email, enter } = await makePerson();
  const claims = { provider: 'google', subject: newId(), email: email.toUpperCase(), name: 'Ada L.' } as const;
  expect(await signInWithProvider({ ...claims, isEmailVerified: false }, from())).toBe('unverified');
  expect((await viewAccount(await enter())).identities).toEqual([]);
  expect(await signInWithProvider({ ...claims, isEmailVerified: true }, from())).toMatchObject({ id: userId });
  expect((await mailsTo(email))[0]?.subject).toBe('Google now signs you in');
  const moved = { ...claims, email: freshEmail(), isEmailVerified: false };
  expect(await signInWithProvider(moved, from())).toMatchObject({ id: userId, email });
  expect((await viewAccount(await enter())).identities).toMatchObject([{ provider: 'google', email }]);
});

test('an address elsewhere that only looks like one here in lower case is not that one', async () => {
  const name = `mk${randomBytes(6).toString('hex')}`;
  const email = `${name}@example.test`;
  await createAccount({ name: 'Ada', email, password: PASSWORD, organization: 'Engines' }, REQUEST);
  // The sign for kelvin becomes the letter k.
  for (const other of [email.replace('k', '\u212A'), `${name} @example.test`, `${name}\r\n@example.test`]) {
    const claims = { provider: 'oidc', subject: newId(), email: other, name: null, isEmailVerified: true } as const;
    expect(await signInWithProvider(claims, from())).toBe('unverified');
  }
});

test('a name elsewhere that cannot be stored keeps nobody out', async () => {
  const claims = { provider: 'oidc', subject: newId(), email: freshEmail(), isEmailVerified: true } as const;
  const name = `Ada\u0000${'😀'.repeat(60)}`;
  expect(await signInWithProvider({ ...claims, name }, from())).toMatchObject({ name: `Ada\uFFFD${'😀'.repeat(48)}` });
});

test('an account elsewhere makes an account without password, and is not disconnected when nothing else signs in', async () => {
  const email = freshEmail();
  const claims = { provider: 'github', subject: newId(), email, name: null, isEmailVerified: true } as const;
  const person = await signInWithProvider(claims, from());
  if (typeof person === 'string') throw new Error(person);
  const session = { user: person, sessionId: person.sessionId };
  expect(await viewAccount(session)).toMatchObject({ email, hasPassword: false });
  await expect(disconnectIdentity(session, 'github', from())).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
  await expect(disconnectIdentity(session, 'google', from())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(changePassword(session, { currentPassword: 'any', password: PASSWORD }, from())).rejects.toMatchObject({
    code: 'PRECONDITION_FAILED',
  });
  await requestReset({ email }, from());
  await resetPassword({ token: await newestToken(email), password: PASSWORD }, from());
  await disconnectIdentity(session, 'github', from());
  expect(await signInWithProvider({ ...claims, isEmailVerified: false }, from())).toBe('unverified');
});

test('a disabled account is not signed in by an account elsewhere', async () => {
  const { userId, email } = await makePerson();
  await asSystem((db) => db.update(users).set({ disabledAt: new Date() }).where(eq(users.id, userId)));
  const claims = { provider: 'oidc', subject: newId(), email, name: 'Ada', isEmailVerified: true } as const;
  expect(await signInWithProvider(claims, from())).toBe('disabled');
});
