import { describe, expect, test } from 'vitest';
import { Guard, Guardrails } from '@/lib/contracts/guardrails';
import { checkText, checkTexts, LATE } from './check';

const check = (text: string, ...guards: unknown[]) =>
  checkText(
    guards.map((guard) => Guard.parse(guard)),
    text,
  );

describe('personal data', () => {
  test.each([
    ['Write to jane.doe+news@mail.example.co.uk.', 'Write to [e-mail address].'],
    ['Call +49 30 901820 or (415) 555-2671 today', 'Call [phone number] or [phone number] today'],
    ['Card 4111 1111 1111 1111, exp 12/29', 'Card [card number], exp 12/29'],
    ['IBAN DE89 3704 0044 0532 0130 00 please', 'IBAN [bank account number] please'],
    ['From 203.0.113.7 and 2001:db8::8a2e:370:7334', 'From [IP address] and [IP address]'],
    ['SSN 123-45-6789.', 'SSN [social security number].'],
  ])('%s', (text, expected) => {
    expect(check(text, { type: 'pii' })).toMatchObject({ text: expected });
  });

  test.each([
    'Order 4111 1111 1111 1112 was made on 2026-11-21 at 14:05:33.',
    'Version 1.2.3.4567, commit 3f2a9c1d, 300 of 1,200,000 items.',
    'SSN 000-12-3456, 666-12-3456, 123-00-4567.',
    'a@b, @home, 10:30:15, ::, fe80',
  ])('leaves alone: %s', (text) => {
    expect(check(text, { type: 'pii' })).toEqual({ text, findings: [] });
  });

  test('what was found is counted, never quoted; only the chosen kinds are looked for', () => {
    const text = 'a@example.com b@example.com 4111111111111111';
    const both = check(text, { type: 'pii' });
    expect(both.findings).toEqual([{ guard: 'pii', action: 'redacted', detail: '2 e-mail addresses, 1 card number' }]);
    expect(JSON.stringify(both)).not.toMatch(/example|4111/);
    expect(check(text, { type: 'pii', kinds: ['credit_card'] }).text).toBe('a@example.com b@example.com [card number]');
  });

  test('blocks when it is told to, and keeps nothing of it', () => {
    const { text, blocked } = check('My card is 4111111111111111', { type: 'pii', action: 'block' });
    expect(blocked).toBe('1 card number');
    expect(text).toBe('My card is [card number]');
  });

  test('phone numbers are read as those of the region', () => {
    const guard = (region: string) => ({ type: 'pii', kinds: ['phone'], region });
    expect(check('Ruf 030 901820 an', guard('DE')).text).toBe('Ruf [phone number] an');
    expect(check('Ruf 030 901820 an', guard('US')).text).toBe('Ruf 030 901820 an');
  });

  test.each(['a.', '1 ', 'DE12 ', '1-', 'a@a.', ':', '+1 ('])('200,000 characters of %j hold nothing up', (part) => {
    const text = part.repeat(Math.ceil(200_000 / part.length));
    expect(check(text, { type: 'pii' })).toEqual({ text, findings: [] });
  });
});

test.each([
  ['a term', 'a ', { type: 'blocked_terms', terms: ['a'], action: 'redact' }],
  ['many terms', 'spam ', { type: 'blocked_terms', terms: Array.from({ length: 500 }, (_, at) => `spam${at}`) }],
  ['an address', 'a@example.com ', { type: 'pii' }],
])('%s in every word of 200,000 characters holds nothing up', (_, part, guard) => {
  const text = part.repeat(200_000 / part.length);
  // Compared each with each, it takes most of a minute, and the test longer than it may.
  expect(check(text, guard)).toBeDefined();
});

describe('blocked terms', () => {
  const guard = { type: 'blocked_terms', terms: ['Project Falcon', 'naïve'], action: 'redact' };
  test.each([
    ['On project \n\u00a0 falcon: go', 'On [removed]: go'],
    ['About PROJECT FALCON now', 'About [removed] now'],
    ['ｐｒｏｊｅｃｔ falcon', '[removed]'],
    ['pro\u200bject falcon', '[removed]'],
    ['so naive, so NAÏVE', 'so [removed], so [removed]'],
    ['Project Falconry is fine', 'Project Falconry is fine'],
    ['naivety', 'naivety'],
  ])('%s', (text, expected) => {
    expect(check(text, guard).text).toBe(expected);
  });

  test('block', () => {
    expect(check('the Project Falcon', { ...guard, action: 'block' }).blocked).toBe('a blocked term');
  });
});

describe('length and schema', () => {
  test('length', () => {
    expect(check('12345', { type: 'length', max: 5 }).blocked).toBeUndefined();
    expect(check('123456', { type: 'length', max: 5 }).blocked).toBe('6 characters, 5 are allowed');
  });

  const schema = { type: 'object', properties: { total: { type: 'number', minimum: 0 } }, required: ['total'] };
  test.each([
    ['{"total": 3}', undefined],
    ['{"total": -1}', 'total: '],
    ['{}', 'total: '],
    ['Sure! {"total": 3}', 'not JSON'],
  ])('schema: %s', (text, blocked) => {
    const found = check(text, { type: 'schema', schema }).blocked;
    if (blocked) expect(found).toContain(blocked);
    else expect(found).toBeUndefined();
  });

  test('a schema that is none is refused where it is written', () => {
    const parsed = Guardrails.safeParse({ output: [{ type: 'schema', schema: { type: 'nonsense' } }] });
    expect(parsed.error?.issues[0]).toMatchObject({ path: ['output', 0, 'schema'] });
    expect(parsed.error?.issues[0]?.message).toContain('Not a JSON Schema');
  });
});

test('guards work in their order, each on what the one before left', () => {
  const { text, findings } = check(
    'Mail jane@example.com about Falcon',
    { type: 'pii' },
    { type: 'blocked_terms', terms: ['Falcon'], action: 'redact' },
    { type: 'length', max: 50 },
  );
  expect(text).toBe('Mail [e-mail address] about [removed]');
  expect(findings.map(({ guard }) => guard)).toEqual(['pii', 'blocked_terms']);
});

test.each([
  [
    'terms that begin everywhere',
    'a'.repeat(200_000),
    { type: 'blocked_terms', terms: [98, 99, 100].map((n) => 'a'.repeat(n)) },
  ],
  ['a term that is everywhere', 'a '.repeat(100_000), { type: 'blocked_terms', terms: Array(500).fill('a') }],
])('%s are looked for in a moment', (_, text, guard) => {
  expect(check(text, guard).blocked).not.toBe(LATE);
});

test('a text that takes too long is blocked, and nothing is left of it', () => {
  const text = 'x'.repeat(1_000_000).replaceAll('xx', '1234567 ');
  const guards = Array.from({ length: 20 }, () => Guard.parse({ type: 'pii', kinds: ['phone'] }));
  const before = performance.now();
  const checked = checkTexts(
    guards,
    [text, 'Hello'].map((one) => ({ text: one, whole: false })),
  );
  console.log(`given up after ${Math.round(performance.now() - before)} ms`);
  const blocked = { guard: 'pii', action: 'blocked', detail: LATE };
  expect(checked).toEqual(Array(2).fill({ text: '', findings: [blocked], blocked: LATE }));
});

test('a term is found wherever a word begins', () => {
  const terms = { type: 'blocked_terms', terms: ['new york', '$a', 'b'] };
  expect(check('aNew York, new york; x$a $a,b b1 1b (b)', terms).text).toBe(
    'aNew York, [removed]; x$a [removed],[removed] b1 1b ([removed])',
  );
});
