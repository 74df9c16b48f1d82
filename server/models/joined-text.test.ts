import type { Dispatcher } from 'undici';
import { expect, test, vi } from 'vitest';
import { JoinedText } from './joined-text';

const head = { id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm' };
const event = (delta: unknown, more: object = {}) =>
  `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`;
const said = (...pieces: string[]) => pieces.map((content) => event({ content })).join('');
const bytes = (text: string) => new TextEncoder().encode(text);

type Handler = Dispatcher.DispatchHandler;
type Headers = Parameters<NonNullable<Handler['onResponseStart']>>[2];

/** An answer that begins, and what is handed on of it: text, and how it ended. */
function answer(headers: Headers = { 'content-type': 'text/event-stream; charset=utf-8' }) {
  const told: string[] = [];
  const controller = { aborted: false } as Dispatcher.DispatchController & { aborted: boolean };
  const handler: Handler = {
    onResponseData: (_, chunk) => void told.push(chunk.toString()),
    onResponseEnd: () => void told.push('end'),
    onResponseError: (_, { message }) => void told.push(message),
  };
  const through = new JoinedText(handler);
  through.onResponseStart(controller, 200, headers);
  return {
    told,
    send: (...chunks: (string | Uint8Array)[]) => {
      for (const chunk of chunks) through.onResponseData(controller, Buffer.from(chunk as string));
    },
    end: () => through.onResponseEnd(controller, {}),
    fail: (message: string, aborted = false) => {
      controller.aborted = aborted;
      through.onResponseError(controller, new Error(message));
    },
  };
}

/** What comes out of chunks that arrive in one moment, and what is said when the stream ends. */
function join(...chunks: (string | Uint8Array)[]): string[] {
  const { told, send, end } = answer();
  send(...chunks);
  end();
  expect(told.pop()).toBe('end');
  return told;
}

function withClock(work: () => void): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    work();
  } finally {
    vi.useRealTimers();
  }
}

test('pieces of text that come together are one, what is between them stays between them', () => {
  const call = event({ tool_calls: [{ index: 0, id: 'a', function: { name: 'x', arguments: '' } }] });
  const end = `${event({}, { finish_reason: 'stop' })}data: [DONE]\n\n`;
  const start = event({ role: 'assistant', content: '' });
  expect(join(start + said('The ', 'answer') + call + said('is', ' 42', '.') + end)).toEqual([
    event({ role: 'assistant', content: 'The answer' }) + call + said('is 42.') + end,
  ]);
});

test('a text is the same whatever it is of, and however its events are written', () => {
  const pieces = ['He', ' said', ' "hi"', '\n', '\\', '","x":"', '"content":"', 'ä', '\u2028', '😀', '', ' end'];
  const written = [said, (...texts: string[]) => texts.map((text) => event({ content: text, refusal: null })).join('')];
  for (const say of written)
    for (let from = 0; from < pieces.length; from += 1) {
      const [whole] = join(say(...pieces.slice(from)));
      expect(whole).toBe(say(pieces.slice(from).join('')));
    }
  const spaced = said('a', 'b', 'c').replaceAll(':"', ': "');
  expect(join(spaced)).toEqual([said('abc')]);
});

test('the first piece waits for nothing, and the last for no time; those between come together', () => {
  const [a, b, c] = [said('a'), said('b'), said('c')];
  expect(join(a, b, c)).toEqual([a, said('bc')]);
});

test('pieces that come slowly come one by one', () =>
  withClock(() => {
    const { told, send, end } = answer();
    send(said('a'));
    vi.advanceTimersByTime(10);
    send(said('b'));
    vi.advanceTimersByTime(10);
    send(said('c'));
    vi.advanceTimersByTime(4);
    expect(told).toEqual([said('a')]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual([said('a'), said('bc')]);
    vi.advanceTimersByTime(25);
    send(said('d'));
    expect(told.at(-1)).toBe(said('d'));
    end();
  }));

test.each(['\r\n', '\r', '\n\r\n'])(
  'pieces of a stream whose lines end with %j come as they are, and as soon',
  (line) =>
    withClock(() => {
      const [a, b, c] = ['a', 'b', 'c'].map((text) => said(text).replaceAll('\n', line)) as [string, string, string];
      const { told, send, end } = answer();
      send(a);
      send(b, c);
      vi.advanceTimersByTime(25);
      expect(told).toEqual([a, b + c]);
      end();
    }),
);

test('half an event waits for its other half', () => {
  const [a, b] = [said('a'), said('b')];
  expect(join(a.slice(0, 30), a.slice(30) + b.slice(0, 30), b.slice(30))).toEqual([a, b]);
  expect(join(a.slice(0, 10))).toEqual([a.slice(0, 10)]);
});

test('what was said before the line broke is handed on, and read, before that is told', () =>
  withClock(() => {
    const { told, send, fail } = answer();
    send(said('a'), said('b'));
    fail('cut');
    expect(told).toEqual([said('a'), said('b')]);
    vi.advanceTimersByTime(25);
    expect(told.at(-1)).toBe('cut');
  }));

test('who reads no further is told nothing more', () =>
  withClock(() => {
    const { told, send, fail } = answer();
    send(said('a'), said('b'));
    fail('enough', true);
    vi.advanceTimersByTime(100);
    expect(told).toEqual([said('a'), 'enough']);
  }));

test.each<Headers>([
  { 'content-type': 'application/json' },
  { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' },
])('an answer with %j goes through in its own pieces', (headers) => {
  const { told, send } = answer(headers);
  send(said('a'), said('b'), said('c'));
  expect(told).toEqual([said('a'), said('b'), said('c')]);
});

test('an event too long to hold goes through in its own pieces, and those behind it are joined again', () => {
  const { told, send, end } = answer();
  send(said('a'));
  const long = `data: ${'x'.repeat(50_000)}`;
  send(long, 'x'.repeat(50_000));
  expect(told).toEqual([said('a'), long + 'x'.repeat(50_000)]);
  // What is left of it looks like a piece of text, and is none.
  send('\n', said('b'), said('c'), said('d'));
  end();
  expect(told.slice(2).join('')).toBe(`\n${said('b')}${said('c')}${said('d')}end`);
  const other = answer();
  other.send(said('a'), long, `${'x'.repeat(50_000)}\n\n`, said('b'), said('c'));
  other.end();
  expect(other.told.join('')).toBe(`${said('a')}${long}${'x'.repeat(50_000)}\n\n${said('bc')}end`);
});

test('of a thousand answers under way, each is handed on five times a second', () =>
  withClock(() => {
    const others = Array.from({ length: 999 }, () => answer());
    const { told, send, end } = answer();
    send(said('a'), said('b'));
    vi.advanceTimersByTime(199);
    expect(told).toEqual([said('a')]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual([said('a'), said('b')]);
    end();
    for (const other of others) other.end();
  }));

test('a character cut in two by the network stays whole', () => {
  const whole = bytes(said('ü', '😀'));
  for (let at = 1; at < whole.length; at += 1) {
    const text = join(whole.slice(0, at), whole.slice(at)).join('');
    expect(text.replace(/[^ü😀]/gu, ''), String(at)).toBe('ü😀');
  }
});

test.each([
  ['the end and its reason', event({ content: 'x' }, { finish_reason: 'length' })],
  ['usage', `data: ${JSON.stringify({ ...head, choices: [], usage: { prompt_tokens: 1 } })}\n\n`],
  ['usage inside the choice', event({ content: 'x' }, { usage: { prompt_tokens: 1 } })],
  ['reasoning', event({ content: '', reasoning_content: 'hm' })],
  ['another answer', event({ content: 'x' }, { index: 1 })],
  ['an error', `data: ${JSON.stringify({ error: { message: 'no' } })}\n\n`],
  ['an error beside text', event({ content: 'x' }).replace('{"id"', '{"error":{"message":"no"},"id"')],
  ['no JSON', 'data: {"choices":[\n\n'],
  ['no object', 'data: 7\n\n'],
  ['a comment', ': ping\n\n'],
  ['two lines of data', `data: {"choices":\ndata: []}\n\n`],
  ['an event with a name', `event: text\n${event({ content: 'x' })}`],
  ['other ends of lines', event({ content: 'x' }).replaceAll('\n', '\r\n')],
])('%s goes through as it is', (_, other) => {
  const [before, after] = [said('a'), said('b')];
  expect(join(before + other + after).join('')).toBe(before + other + after);
});
