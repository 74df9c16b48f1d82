import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq } from 'drizzle-orm';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '@/db/columns';
import { mails } from '@/db/schema/mail';
import { users } from '@/db/schema/users';
import type { MailMessage } from '@/lib/contracts/mail';
import { env } from '@/lib/env';
import { withConnection } from '../connection';
import { asSystem, withTenant } from '../context';
import { withSystem } from '../system';
import { makeOrganization, makeUser } from '../testing/factories';
import { signInAs } from '../testing/scene';
import { setSilentRunner } from '../testing/silent-runner';
import { deliverMail, listMailbox, mailboxState, pruneMail, sendMail } from './service';
import { renderHtml, renderText } from './template';

/** A mail server that takes everything, unless it is told to answer otherwise. */
const taken: { to: string[]; raw: string }[] = [];
let refuseWith: number | undefined;
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData(stream, session, done) {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('end', () => {
      if (refuseWith) return done(Object.assign(new Error('no'), { responseCode: refuseWith }));
      taken.push({ to: session.envelope.rcptTo.map(({ address }) => address), raw: Buffer.concat(chunks).toString() });
      done();
    });
  },
});
beforeAll(async () => {
  setSilentRunner();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterAll(() => new Promise<void>((closed) => server.close(() => closed())));
const useServer = () => {
  env.MUSTER_SMTP_URL = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
};
beforeEach(() => {
  Object.assign(env, { MUSTER_SMTP_URL: undefined, MUSTER_URL: undefined });
  refuseWith = undefined;
});

const makeMessage = (fields: Partial<MailMessage> = {}): MailMessage => ({
  to: `${newId()}@example.test`,
  subject: 'Confirm your address',
  paragraphs: ['Somebody signed up.'],
  action: { label: 'Confirm', url: 'http://localhost:3000/confirm#token' },
  ...fields,
});
const rowsTo = (to: string) => asSystem((db) => db.select().from(mails).where(eq(mails.to, to)));
async function write(message: MailMessage): Promise<string> {
  await withSystem((tx) => sendMail(tx, message));
  return (await rowsTo(message.to))[0]?.id ?? '';
}

test('goes out over SMTP as text and HTML, and what it said stays nowhere', async () => {
  useServer();
  const message = makeMessage();
  const id = await write(message);
  await deliverMail(id);
  await deliverMail(id);
  const sent = taken.filter(({ to }) => to.includes(message.to));
  expect(sent).toHaveLength(1);
  expect(sent[0]?.raw).toContain(`Message-ID: <${id}@localhost>`);
  expect(sent[0]?.raw).toContain('Subject: Confirm your address');
  for (const type of ['text/plain', 'text/html']) expect(sent[0]?.raw).toContain(`Content-Type: ${type}`);
  expect(await rowsTo(message.to)).toEqual([]);
});

test('stays until a server took it, and says whether asking again may help', async () => {
  const message = makeMessage();
  const id = await write(message);
  useServer();
  for (const [code, retriable] of [
    [451, true],
    [550, false],
  ] as const) {
    refuseWith = code;
    await expect(deliverMail(id)).rejects.toMatchObject({ code: 'UPSTREAM', retriable });
  }
  env.MUSTER_SMTP_URL = 'smtp://127.0.0.1:1';
  await expect(deliverMail(id)).rejects.toMatchObject({ code: 'UPSTREAM', retriable: true });
  expect(await rowsTo(message.to)).toHaveLength(1);
});

test('an address with a comma or a line break makes no second recipient', async () => {
  useServer();
  const to = 'a@example.test, thief@example.test';
  const id = await write(makeMessage({ to, subject: 'One\r\nBcc: thief@example.test' }));
  await deliverMail(id).catch(() => {});
  expect(taken.flatMap((mail) => mail.to)).not.toContain('thief@example.test');
  expect(taken.some(({ raw }) => /^Bcc:/im.test(raw))).toBe(false);
});

test('what was written in a transaction that failed never leaves', async () => {
  const owner = await makeOrganization();
  const message = makeMessage();
  const attempt = withTenant(owner, async (tx) => {
    await sendMail(tx, message);
    throw new Error('undo');
  });
  await expect(attempt).rejects.toThrow('undo');
  expect(await rowsTo(message.to)).toEqual([]);
});

test('without a mail server it is kept for a week', async () => {
  const message = makeMessage();
  await deliverMail(await write(message));
  expect(await rowsTo(message.to)).toMatchObject([{ message, deliveredAt: expect.any(Date) }]);
  await pruneMail();
  expect(await rowsTo(message.to)).toHaveLength(1);
  await asSystem((db) =>
    db
      .update(mails)
      .set({ createdAt: new Date(Date.now() - 8 * 86_400_000) })
      .where(eq(mails.to, message.to)),
  );
  await pruneMail();
  expect(await rowsTo(message.to)).toEqual([]);
});

test('what people wrote is text in it, never markup', () => {
  const hostile = '<img src=x onerror="alert(1)">&"\'';
  const action = { label: hostile, url: 'http://localhost/?a="><script>' };
  const message = makeMessage({ subject: hostile, paragraphs: [hostile], footnote: hostile, action });
  const html = renderHtml(message);
  expect(html).not.toContain('<img');
  expect(html).not.toContain('<script>');
  expect(html).not.toMatch(/href="[^"]*"[^>]*script/);
  expect(renderText(message)).toContain(`${hostile}:\n${action.url}`);
});

describe('the local mailbox', () => {
  const here = { socket: { remoteAddress: '127.0.0.1' }, headers: { host: 'localhost:3000' } } as IncomingMessage;

  test('is for a browser on the machine, while nobody gave the server a public address', async () => {
    const open = () => withConnection(here, () => mailboxState(null));
    expect(await open()).toBe('open');
    env.MUSTER_URL = 'http://127.0.0.1:4000';
    expect(await open()).toBe('open');
    env.MUSTER_URL = 'https://muster.example.com';
    expect(await open()).toBe('closed');
    useServer();
    expect(await open()).toBe('off');
  });

  test('is for the operator from anywhere, and for nobody else', async () => {
    const message = makeMessage();
    await deliverMail(await write(message));
    const [operator, other] = [await makeUser(), await makeUser()];
    await asSystem((db) => db.update(users).set({ isOperator: true }).where(eq(users.id, operator.id)));
    const input = { to: message.to, limit: 10 };
    expect((await listMailbox(await signInAs(operator), input)).items).toMatchObject([{ message }]);
    for (const session of [null, await signInAs(other)]) {
      expect(await mailboxState(session)).toBe('closed');
      await expect(listMailbox(session, input)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    useServer();
    await expect(listMailbox(await signInAs(operator), input)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
