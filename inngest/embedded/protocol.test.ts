import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAnswer } from './answer';
import { BACKOFF_MS, backoffMs } from './backoff';
import { callBody } from './call';
import { canonicalJson, type Json } from './canonical';
import { dueAtMs, durationMs, retryAfterMs } from './durations';
import { compile, ExpressionError, keyOf, matches, matchKey, matchKeys } from './expressions';
import { nameMatches, nextTick, readFunction } from './functions';
import { derivedUlid, newUlid, ulidTimeMs } from './ids';

describe('canonical JSON', () => {
  test('is a fixed point, parses to the same value, and sorts keys', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = canonicalJson(value as Json);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(canonicalJson({ b: 1, a: { d: [true, null], c: '\u0000\ud800' } })).toBe(
      '{"a":{"c":"\\u0000\\ud800","d":[true,null]},"b":1}',
    );
  });

  test('the body of a call is canonical as it stands', () => {
    const fn = readFunction('app', { id: 'app-f', triggers: [], steps: { step: {} } });
    const job = {
      runId: 'R',
      key: 'main',
      fnId: 'app-f',
      kind: 'call',
      stepId: null,
      payload: null,
      attempt: 1,
      failures: 0,
      generation: 7,
    } as const;
    const steps = [
      { id: 'ff', failed: false, value: '{"a":1}' },
      { id: 'aa', failed: true, value: '{"message":"m","name":"Error"}' },
    ];
    const body = callBody({ job, fn, event: '{"data":{},"name":"x"}', version: 2, open: 1, doneCount: 2, steps });
    expect(canonicalJson(JSON.parse(body))).toBe(body);
    expect(JSON.parse(body)).toMatchObject({
      ctx: {
        attempt: 1,
        max_attempts: 4,
        disable_immediate_execution: true,
        stack: { current: 2, stack: ['ff', 'aa'] },
      },
      steps: { ff: { type: 'data', data: { a: 1 } }, aa: { type: 'error' } },
    });
  });
});

describe('times', () => {
  test.each([
    ['1s', 1_000],
    ['1d2h30m10s', 95_410_000],
    ['2w', 1_209_600_000],
    ['500ms', 500],
    ['1.5h', 5_400_000],
    ['', undefined],
    ['1 s', undefined],
    ['soon', undefined],
  ])('duration %s', (text, ms) => expect(durationMs(text)).toBe(ms));

  test('dates and Retry-After', () => {
    expect(dueAtMs('2030-01-01T00:00:00.250Z')).toBe(Date.UTC(2030, 0, 1, 0, 0, 0, 250));
    expect(dueAtMs('10s', 1_000)).toBe(11_000);
    for (const never of ['never', '99999999999w', `${'9'.repeat(400)}s`]) expect(dueAtMs(never)).toBeUndefined();
    expect(retryAfterMs('2')).toBe(2_000);
    expect(retryAfterMs('1970-01-01T00:00:01.500Z', 1_000)).toBe(500);
    expect(retryAfterMs('1970-01-01T00:00:00Z', 1_000)).toBe(0);
    expect(retryAfterMs(undefined)).toBeUndefined();
    for (const late of ['9'.repeat(400), '2030-01-01T00:00:00Z']) expect(retryAfterMs(late, 0)).toBe(86_400_000);
  });

  test('back-off follows its table and stays at its end', () => {
    const delays = [0, 1, 2, 3, 4, 5, 60].map((failed) => backoffMs(BACKOFF_MS, failed, () => 0.5));
    expect(delays).toEqual([15, 30, 60, 120, 300, 600, 600].map((seconds) => seconds * 1000));
    expect(backoffMs([1000], 0, () => 0)).toBe(900);
  });

  test('cron lines, with a time zone', () => {
    expect(nextTick('TZ=Europe/Paris 0 12 * * *', new Date('2026-07-01T00:00:00Z'))?.toISOString()).toBe(
      '2026-07-01T10:00:00.000Z',
    );
    expect(nextTick('0 12 * * *', new Date('2026-07-01T00:00:00Z'))?.toISOString()).toBe('2026-07-01T12:00:00.000Z');
    for (const wrong of ['every day', '0 0 12 * * *', '@hourly', '61 * * * *', 'TZ=Nowhere/X 0 12 * * *'])
      expect(() => nextTick(wrong, new Date()), wrong).toThrow('not valid');
  });

  test.each([
    ['shop/*', 'shop/order.paid', true],
    ['shop/order.*', 'shop/order.paid', true],
    ['shop/order.paid', 'shop/order.paid', true],
    ['shop/*', 'shops/order', false],
    ['shop/or*', 'shop/order', false],
    ['*', 'inngest/function.finished', false],
  ])('a trigger %s and the event %s', (pattern, name, means) => {
    expect(nameMatches(pattern, name)).toBe(means);
  });

  test('ids sort by their time, and the same parts give the same id', () => {
    expect(derivedUlid(1, 'a', 'b')).toBe(derivedUlid(1, 'a', 'b'));
    expect(derivedUlid(1, 'a', 'b')).not.toBe(derivedUlid(1, 'ab'));
    expect(derivedUlid(2, 'a') > derivedUlid(1, 'z')).toBe(true);
    expect(ulidTimeMs(derivedUlid(1_800_000_000_123, 'x'))).toBe(1_800_000_000_123);
    expect(newUlid()).toHaveLength(26);
  });
});

describe('expressions', () => {
  const scope = { event: { data: { id: 'a', n: 2, list: [1] } }, async: { data: { id: 'a' } } };
  Object.assign(scope.event.data, { nil: null, f: 9.1, yes: true });

  test.each([
    ['event.data.id == async.data.id', true],
    ['event.data.n > 1 && event.data.n < 3', true],
    ['event.data.missing == async.data.missing', false],
    ['event.data.id', false],
    ['1 in event.data.list', true],
    // What is missing is null, and below everything.
    ["event.data.plan != 'pro'", true],
    ["event.data.plan == 'pro'", false],
    ['event.data.gone == null && null == event.data.gone.deeper', true],
    ['event.data.id != null', true],
    ['event.data.missing != async.data.missing', true],
    ['event.data.gone < 10 && event.data.gone <= "x" && event.data.n > event.data.gone', true],
    ['event.data.gone > 10 || event.data.n < event.data.gone', false],
    ['size(event.data.none) == 0 && event.data.list.size() == 1', true],
    ["event.data.id.deeper == 'x' || event.data.list[7] == 1 || 'x' in event.data.gone", false],
    ["!event.data.gone.contains('x') && !has(event.data.gone) && !event.data.gone.exists(x, x == 1)", true],
    ['event.data.nil > 0 || event.data.nil < 0 || event.data.n == null', false],
    ['event.data.nil <= 0 && event.data.n > null && event.data.nil == null && !(null > 0)', true],
    ["event.data.n != 'a' && event.data.id != 5 && !(event.data.n == '2')", true],
    ["event.data.id < 5 || event.data.n < 'a' || date(event.data.gone) < now()", false],
    // The functions Inngest has beside those of CEL.
    ["lowercase('AB') + uppercase(event.data.id) == 'abA' && lowercase(event.data.gone) != 'x'", true],
    ['json_parse(b64decode("eyJhIjp7ImIiOjF9fQ==")).a.b == 1', true],
    ["json_parse('{').a == null && json_parse(event.data.id).a != 1 && !(json_parse(event.data.gone).a == 1)", true],
    ["date('2020-01-01T12:00:00') + duration('6h') == date('2020-01-01T18:00:00Z')", true],
    ['date(1600000000) == date(1600000000000.0) && date("2020-01-01") < now()', true],
    ["now_minus('1d') < now() && now_plus('1h') > now()", true],
    ["date('no date') > now() || now_plus('soon') > now() || int(event.data.id) > 0 || 1 / 0 == 0", false],
  ])('%s', (expression, result) => expect(matches(expression, scope)).toBe(result));

  test.each([
    ['event.data ==', 'Unexpected token'],
    ['shout(event.data.id)', "'shout(dyn)'"],
    ['event.data.id.shout()', 'shout()'],
    ['evnt.data.id == 1', 'Unknown variable: evnt'],
  ])('say what is wrong with %s', (expression, why) => {
    expect(() => compile(expression)).toThrow(ExpressionError);
    expect(() => compile(expression)).toThrow(why);
  });

  test('keys', () => {
    expect(keyOf('event.data.id', scope)).toBe('a');
    expect(keyOf('event.data.n + 1.0', scope)).toBe('3');
    expect(keyOf('event.data.missing', scope)).toBe('');
    expect(keyOf('event.data.missing || event.data.id', scope)).toBe('a');
    expect(keyOf('[event.data.id, 1]', scope)).toBe('["a","1"]');
  });

  test.each([
    ["event.data.id + '-' + event.data.n", 'a-2'],
    ["event.data.n + '-' + event.data.id + 7", '2-a7'],
    ["event.data.id + '-' + event.data.f + '-' + event.data.yes + '-' + event.data.gone", 'a-9.1-true-'],
    ["event.data.nil + '-' + event.data.id + event.data.nil", '-a'],
    ["size(event.data.list) + '-' + event.data.yes", '1-true'],
    ['event.data.n + event.data.f', '11.1'],
  ])('%s joins what is unlike', (expression, key) => {
    expect(keyOf(expression, scope)).toBe(key);
  });

  test('a wait that would match is never hidden by its key', () => {
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    fc.assert(
      fc.property(
        scalar,
        scalar,
        fc.constantFrom('event.data.a == async.data.a', "async.data.a == event.data.a && async.data.b == 'x'"),
        (left, right, expression) => {
          const [event, arrived] = [{ data: { a: left } }, { data: { a: right, b: 'x' } }];
          if (!matches(expression, { event, async: arrived })) return;
          const key = matchKey(expression, event);
          expect(key === undefined || matchKeys(arrived)?.includes(key)).toBe(true);
        },
      ),
    );
    expect(matchKey('async.data.a == event.data.id', scope.event)).toBe('.data.a="a"');
    expect(matchKey("async.data.a == 'x' || true", scope.event)).toBeUndefined();
    expect(
      matchKeys({ data: Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`k${n}`, n])) }),
    ).toBeUndefined();
  });
});

describe('registration', () => {
  const config = { id: 'app-f', triggers: [{ event: 'x' }], steps: { step: { retries: { attempts: 2 } } } };

  test('reads retries, concurrency and keys', () => {
    const fn = readFunction('app', {
      ...config,
      concurrency: [
        { limit: 2, key: 'event.data.org' },
        { limit: 5, scope: 'account', key: '"all"' },
      ],
      idempotency: 'event.data.id',
      priority: { run: 'event.data.vip ? 900 : 0' },
    });
    expect(fn.maxAttempts).toBe(3);
    const event = { data: { org: 'o', id: 'i', vip: true } };
    expect(fn.slots(event)).toEqual({ slots: ['fn:app-f:0=o', 'account=all'], limits: [2, 5] });
    expect(fn.idempotencyKey(event)).toBe('i');
    expect(fn.priority(event)).toBe(600);
  });

  test.each([
    [{ throttle: { limit: 0, period: '1s' } }, 'throttle'],
    [{ rateLimit: { limit: 1, period: 'soon' } }, 'is not a duration'],
    [{ debounce: { period: '1ms' } }, 'shorter than a second'],
    [{ batchEvents: { maxSize: 5_000, timeout: '1s' } }, 'batchEvents'],
    [{ batchEvents: { maxSize: 2, timeout: '1s' }, debounce: { period: '1s' } }, 'exclude each other'],
    [{ batchEvents: { maxSize: 2, timeout: '1s' }, cancel: [{ event: 'x' }] }, 'cancelOn and batchEvents'],
    [{ batchEvents: { maxSize: 2, timeout: '1s' }, priority: { run: '1' } }, 'priority and batchEvents'],
    [{ triggers: [{ event: 'a' }, { event: 'a' }] }, 'not all different'],
    [{ triggers: Array.from({ length: 11 }, (_, n) => ({ event: `a${n}` })) }, '<=10'],
    [{ cancel: Array.from({ length: 6 }, (_, n) => ({ event: `a${n}` })) }, '<=5'],
    [{ rateLimit: { limit: 1, period: '25h' } }, 'longer than a day'],
    [{ singleton: { mode: 'queue' } }, 'singleton'],
    [{ timeouts: { start: '1s', pause: '1s' } }, 'pause'],
    [{ sessions: true }, 'sessions'],
    [{ steps: { step: { runtime: { type: 'ws', url: 'ws://x' } } } }, 'http'],
    [{ idempotency: 'event.data ==' }, 'does not parse'],
    [{ idempotency: 'evnt.data.id' }, 'Unknown variable: evnt'],
    [{ triggers: [{ event: 'a', expression: 'shout(event.data.id)' }] }, 'shout(dyn)'],
    [{ triggers: [{ cron: '* *' }] }, 'not valid'],
    [{ debounce: { period: '8d' } }, 'longer than seven days'],
    [{ concurrency: { limit: 1, scope: 'env' } }, 'needs a key'],
    [{ concurrency: [{ limit: 1 }, { limit: 2, scope: 'account' }] }, 'needs a key'],
    [{ rateLimit: { limit: 1, period: '1000000000w' } }, 'longer than a hundred years'],
    [{ cancel: [{ event: 'x', timeout: 'zz' }] }, 'neither a duration nor a date'],
    [{ cancel: [{ event: 'a\0' }] }, 'contains NUL'],
    [{ cancel: [{ event: 'x', if: 'event.data.x == "\0"' }] }, 'contains NUL'],
    [{ id: 'x'.repeat(1_001) }, 'longer than 1000 bytes'],
  ])('refuses %j', (option, message) => {
    expect(() => readFunction('app', { ...config, ...option })).toThrow(message);
  });
});

describe('answers', () => {
  const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
    readAnswer({ status, body, headers: { 'x-inngest-sdk': 'js:v4', ...headers } });

  test('are told apart by status and headers', () => {
    expect(answer(200, '1', { 'x-inngest-req-version': '2' })).toEqual({
      kind: 'completed',
      output: 1,
      version: 2,
    });
    expect(answer(206, '[{"id":"a","op":"StepPlanned"}]')).toMatchObject({
      kind: 'operations',
      operations: [{ id: 'a', title: 'StepPlanned' }],
    });
    expect(answer(500, '{"message":"m"}', { 'x-inngest-no-retry': 'false', 'retry-after': '3' })).toMatchObject({
      kind: 'failed',
      retriable: true,
      retryAfterMs: 3000,
    });
    expect(answer(400, '{"message":"m"}', { 'x-inngest-no-retry': 'true' })).toMatchObject({
      kind: 'failed',
      retriable: false,
    });
    expect(answer(500, '{"requestedStep":"s","error":"e"}', { 'x-inngest-no-retry': 'false' })).toEqual({
      kind: 'step-missing',
      message: 'e',
    });
  });

  test('that are streamed are read as what they end with', () => {
    const streamed = (status: number, body: string, headers = {}) =>
      answer(201, `   ${JSON.stringify({ status, headers, body })}`);
    expect(streamed(200, '"done"', { 'X-Inngest-Req-Version': '2' })).toEqual({
      kind: 'completed',
      output: 'done',
      version: 2,
    });
    expect(streamed(206, '[{"id":"a","op":"StepPlanned"}]')).toMatchObject({ kind: 'operations' });
    expect(streamed(500, '{"message":"m"}', { 'x-inngest-no-retry': 'true' })).toMatchObject({
      kind: 'failed',
      retriable: false,
    });
    expect(answer(201, '{}')).toMatchObject({ kind: 'trouble' });
    expect(answer(201, ' ')).toMatchObject({ kind: 'trouble' });
  });

  test.each([
    [500, '{"message":"Function not found"}'],
    [401, '{"message":"Unauthorized"}'],
    [200, '<html>'],
    [206, '[{"op":"StepRun"}]'],
    [404, '{}'],
  ])('%i %s is trouble of the endpoint', (status, body) => {
    expect(answer(status, body)).toMatchObject({ kind: 'trouble', answered: true });
  });

  test('what is not from the SDK at all is trouble too', () => {
    expect(readAnswer({ status: 200, headers: {}, body: 'null' })).toMatchObject({ kind: 'trouble', answered: false });
  });
});
