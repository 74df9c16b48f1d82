import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newId } from '@/db/columns';
import { redact, redactStream, rememberSecret } from './redaction';

const VALUE = 'tok/en+42 "quoted"';
const withSecret = (value = VALUE): string => {
  const orgId = newId();
  rememberSecret(orgId, 'TOKEN', value);
  return orgId;
};

test('a value is replaced wherever it stands in an answer, however it is written', () => {
  const org = withSecret();
  const forms = [
    VALUE,
    JSON.stringify({ VALUE }),
    encodeURIComponent(VALUE),
    Buffer.from(VALUE).toString('base64'),
    Buffer.from(VALUE).toString('hex'),
  ];
  for (const form of forms) {
    const clean = JSON.stringify(redact(org, { a: [`before ${form} after`], [form]: 1, n: null }));
    expect(clean.split('[secret TOKEN]')).toHaveLength(3);
    expect(clean).not.toContain(JSON.stringify(form).slice(1, -1));
  }
});

test.each([
  ['in a login', Buffer.from(`me:${VALUE}`).toString('base64'), Buffer.from(VALUE).toString('base64').slice(2, -2)],
  ['in another login', Buffer.from(`you:${VALUE}:1`).toString('base64url'), Buffer.from(VALUE).toString('hex')],
  ['in an address', new URL(`http://h/${VALUE}`).href, 'quoted'],
  ['in a form', new URLSearchParams({ q: VALUE }).toString(), 'quoted'],
  ['in a page', VALUE.replaceAll('"', '&quot;'), 'quoted'],
  ['in JSON of PHP', JSON.stringify(VALUE).replaceAll('/', '\\/'), 'quoted'],
  ['in an address in small letters', encodeURIComponent(VALUE).toLowerCase(), 'quoted'],
  ['in hex', Buffer.from(VALUE).toString('hex').toUpperCase(), Buffer.from('quoted').toString('hex').toUpperCase()],
])('a value is known %s', (_, text, part) => {
  const clean = redact(withSecret(), text);
  expect(clean).toContain('[secret TOKEN]');
  expect(clean).not.toContain(part);
  expect(Buffer.from(clean, 'base64').toString()).not.toContain('quoted');
});

test.each([
  ['of Go', 'a\\u0026b\\u003cc€\\u003e'],
  ['in ASCII', 'a&b<c\\u20ac>'],
])('a value with signs is known in JSON %s', (_, text) => {
  expect(redact(withSecret('a&b<c€>'), `before ${text} after`)).toBe('before [secret TOKEN] after');
});

test('the longest values are not forgotten before older ones', () => {
  const org = withSecret('x'.repeat(3_000));
  for (let at = 0; at < 600; at += 1) rememberSecret(org, 'OTHER', `short-value-${at}`);
  expect(redact(org, 'x'.repeat(3_000))).toBe('[secret TOKEN]');
});

test('another organization, and a value without secrets, stay as they are', () => {
  const org = withSecret();
  const value = { a: [1, 'two'], b: null };
  expect(redact(org, value)).toEqual(value);
  const other = { text: VALUE };
  expect(redact(newId(), other)).toBe(other);
});

test('cut at any places, a stream never gives away what the whole text does not', () => {
  const org = withSecret('secret-value-1');
  rememberSecret(org, 'LONGER', 'secret-value-12345');
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('secret-', 'value-1', '2345', 's', 'x', 'secret-value-1', 'se', 'cret-value-'), {
        maxLength: 12,
      }),
      (pieces) => {
        let out = '';
        const stream = redactStream(org, (text) => {
          out += text;
        });
        for (const piece of pieces) stream.push(piece);
        stream.end();
        expect(out).not.toContain('secret-value-1');
      },
    ),
  );
});

test('text without a secret goes through a stream at once', () => {
  const out: string[] = [];
  const stream = redactStream(withSecret('secret-value-1'), (text) => out.push(text));
  stream.push('Hello');
  stream.push(' world, a sec');
  expect(out).toEqual(['Hello', ' world, a ']);
  stream.end();
  expect(out.join('')).toBe('Hello world, a sec');
});
