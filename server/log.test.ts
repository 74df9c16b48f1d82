import { APICallError, JSONParseError, TypeValidationError } from '@ai-sdk/provider';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { newId } from '@/db/columns';
import { asSystem } from './context';
import { Invalid } from './errors';
import { makeLog } from './log';
import { rememberSecret } from './secrets/redaction';
import { libraryLog } from './telemetry/library-log';

const CANARY = 'the quick brown canary';
const KEY = 'sk-proj-canary0123456789abcdef';

/** What the log has after `write`: the whole text. */
function logged(write: (log: ReturnType<typeof makeLog>) => void): string {
  const lines: string[] = [];
  write(makeLog('trace', { write: (line) => void lines.push(line) }));
  return lines.join('');
}

const failureOf = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail');
};

const failures: [string, () => unknown][] = [
  ['a statement that failed', () => asSystem((db) => db.execute(sql`select ${CANARY}::text, ${CANARY}::uuid`))],
  [
    'a constraint that did not hold',
    () =>
      asSystem(async (db) => {
        await db.execute(sql`create temp table once (name text primary key) on commit drop`);
        await db.execute(sql`insert into once values (${CANARY}), (${CANARY})`);
      }),
  ],
  [
    'a provider that refused',
    () => {
      throw new APICallError({
        message: CANARY,
        url: `https://${CANARY}`,
        requestBodyValues: { messages: [{ role: 'user', content: CANARY }] },
        responseBody: CANARY,
        responseHeaders: { 'x-echo': CANARY },
        statusCode: 400,
        data: { error: CANARY },
      });
    },
  ],
  [
    'an answer that is no JSON',
    () => {
      throw new JSONParseError({ text: CANARY, cause: new Error(`of ${CANARY.length} characters`) });
    },
  ],
  [
    'an answer of another shape',
    () => {
      throw new TypeValidationError({ value: { text: CANARY }, cause: new Error('shape') });
    },
  ],
  ['JSON that is none', () => JSON.parse(`{"prompt": ${CANARY}}`)],
  ['input of another shape', () => z.object({ name: z.literal('x') }).parse({ name: CANARY })],
  [
    'an error with things attached',
    () => {
      throw Object.assign(new Error('failed'), { request: { body: CANARY }, input: CANARY });
    },
  ],
  [
    'an error deep inside others',
    () => {
      const cause = Object.assign(new Error('inner'), { params: [CANARY], query: 'select $1' });
      throw new Error('outer', { cause: new Error('middle', { cause }) });
    },
  ],
  [
    'text that is thrown',
    () => {
      throw CANARY;
    },
  ],
];

test.each(failures)('%s is logged without what it failed with', async (_, work) => {
  const error = await failureOf(work);
  const text = logged((log) => log.error({ err: error }, 'failed'));
  expect(text).toContain('"msg":"failed"');
  expect(text).toContain('"err":{"type":');
  expect(text).not.toContain('canary');
});

test('a failed statement is still found: its SQL, its code, where it was sent from', async () => {
  const error = await failureOf(() => asSystem((db) => db.execute(sql`select ${CANARY}::uuid`)));
  const { err } = JSON.parse(logged((log) => log.error({ err: error }, 'failed')));
  expect(err.message).toBe('Failed query: select $1::uuid');
  expect(err.cause).toMatchObject({ type: 'PostgresError', code: '22P02' });
  expect(err.stack).toMatch(/^\s+at /);
});

test('what we say ourselves is logged as we say it', () => {
  const text = logged((log) => log.warn({ err: new Invalid('The agent has no variable "x".') }, 'refused'));
  expect(JSON.parse(text).err).toMatchObject({ type: 'Invalid', message: 'The agent has no variable "x".' });
});

test('contents are not logged under the names they have, nor one level down, nor bound', () => {
  const names = ['authorization', 'cookie', 'password', 'apiKey', 'prompt', 'messages', 'input', 'output', 'body'];
  for (const name of names) {
    const text = logged((log) => {
      log.info({ [name]: CANARY }, 'a');
      log.info({ request: { [name]: CANARY } }, 'b');
      log.child({ [name]: CANARY }).info('c');
    });
    expect(text.split('\n').filter(Boolean)).toHaveLength(3);
    expect(text).not.toContain('canary');
  }
});

test.each([KEY, `sk_live_${'0'.repeat(32)}canary${'x'.repeat(26)}`, 'Bearer canary0123456789'])(
  'the key %s is not logged, wherever it stands',
  (key) => {
    const text = logged((log) => {
      log.info({ note: `with ${key}.` }, `key ${key}`);
      log.error({ err: new Error(`bad key ${key}`) }, 'failed');
    });
    expect(text.match(/\[key\]/g)).toHaveLength(3);
    expect(text).not.toContain('canary');
  },
);

test('what libraries say is logged as message and error, in whatever order, without what they attach', () => {
  const error = Object.assign(new Error('failed'), { params: [CANARY], query: 'select $1' });
  const text = logged((log) => {
    const { error: say, info } = libraryLog(log.child({ part: 'library' }));
    say('Step failed', error, { input: CANARY });
    say({ err: error, event: { data: CANARY } }, 'Step failed');
    info('Started', CANARY);
  });
  const failed = { level: 40, part: 'library', msg: 'Step failed', err: { message: 'Failed query: select $1' } };
  const lines = text.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([failed, failed, { level: 20, msg: 'Started' }]);
  expect(text).not.toContain('canary');
});

test('ids are', () => {
  const text = logged((log) => log.child({ org: 'o-1', run: 'r-1' }).info({ request: 'q-1', ms: 3 }, 'request'));
  expect(JSON.parse(text)).toMatchObject({ org: 'o-1', run: 'r-1', request: 'q-1', ms: 3, msg: 'request' });
});

test('a secret that was used for an organization is in no line of it, however it is written', () => {
  const org = newId();
  const value = 'hunter2-of-the-warehouse';
  rememberSecret(org, 'WAREHOUSE', value);
  const text = logged((log) => {
    const bound = log.child({ org });
    bound.warn({ err: new Invalid(`The warehouse refused ${value}.`), address: `https://x.test/?k=${value}` }, value);
    bound.info({ basic: Buffer.from(value).toString('base64') }, 'called');
  });
  expect(text).toContain('[secret WAREHOUSE]');
  expect(text).not.toMatch(/hunter2|aHVudGVyMi1vZi10aGUt/);
});
