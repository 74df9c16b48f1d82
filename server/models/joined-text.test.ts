import { expect, test, vi } from 'vitest';
import { joinedText } from './joined-text';

const head = { id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm' };
const event = (delta: unknown, more: object = {}) =>
  `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`;
const said = (...pieces: string[]) => pieces.map((content) => event({ content })).join('');
const bytes = (text: string) => new TextEncoder().encode(text);

/** What comes out of chunks that arrive in one moment, and what is said when the stream ends. */
async function join(...chunks: (string | Uint8Array)[]): Promise<string[]> {
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(typeof chunk === 'string' ? bytes(chunk) : chunk);
      controller.close();
    },
  });
  const out: string[] = [];
  for await (const chunk of joinedText(stream) as unknown as AsyncIterable<Uint8Array>) {
    out.push(new TextDecoder().decode(chunk));
  }
  return out;
}

test('pieces of text that come together are one, what is between them stays between them', async () => {
  const call = event({ tool_calls: [{ index: 0, id: 'a', function: { name: 'x', arguments: '' } }] });
  const end = `${event({}, { finish_reason: 'stop' })}data: [DONE]\n\n`;
  const start = event({ role: 'assistant', content: '' });
  expect(await join(start + said('The ', 'answer') + call + said('is', ' 42', '.') + end)).toEqual([
    event({ role: 'assistant', content: 'The answer' }) + call + said('is 42.') + end,
  ]);
});

test('the first piece waits for nothing, and the last for no time; those between come together', async () => {
  const [a, b, c] = [said('a'), said('b'), said('c')];
  expect(await join(a, b, c)).toEqual([a, said('bc')]);
});

test('pieces that come slowly come one by one', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    const pieces = new TransformStream<Uint8Array, Uint8Array>();
    const writer = pieces.writable.getWriter();
    const reader = joinedText(pieces.readable).getReader();
    const next = async () => new TextDecoder().decode((await reader.read()).value);
    await writer.write(bytes(said('a')));
    expect(await next()).toBe(said('a'));
    vi.advanceTimersByTime(10);
    await writer.write(bytes(said('b')));
    const second = next();
    vi.advanceTimersByTime(10);
    await writer.write(bytes(said('c')));
    await vi.advanceTimersByTimeAsync(4);
    expect(await Promise.race([second, 'nothing yet'])).toBe('nothing yet');
    await vi.advanceTimersByTimeAsync(1);
    expect(await second).toBe(said('bc'));
    vi.advanceTimersByTime(25);
    await writer.write(bytes(said('d')));
    expect(await next()).toBe(said('d'));
  } finally {
    vi.useRealTimers();
  }
});

test('half an event waits for its other half', async () => {
  const [a, b] = [said('a'), said('b')];
  expect(await join(a.slice(0, 30), a.slice(30) + b.slice(0, 30), b.slice(30))).toEqual([a, b]);
  expect(await join(a.slice(0, 10))).toEqual([a.slice(0, 10)]);
});

test('what was said before the line broke is handed on before that is told', async () => {
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      for (const piece of ['a', 'b', 'c']) controller.enqueue(bytes(said(piece)));
      await null;
      controller.error(new Error('cut'));
    },
    // Else the pieces would be lost with the error before anybody reads.
    pull: () => new Promise(() => {}),
  });
  const reader = joinedText(stream).getReader();
  const out: string[] = [];
  const reading = (async () => {
    for (;;) out.push(new TextDecoder().decode((await reader.read()).value));
  })();
  await expect(reading).rejects.toThrow('cut');
  expect(out.join('')).toMatch(/^data: .*"a"/);
});

test('of a thousand answers under way, each is handed on ten times a second', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const others = Array.from({ length: 999 }, () => joinedText(new ReadableStream()));
  try {
    const pieces = new TransformStream<Uint8Array, Uint8Array>();
    const writer = pieces.writable.getWriter();
    const reader = joinedText(pieces.readable).getReader();
    await writer.write(bytes(said('a')));
    await reader.read();
    await writer.write(bytes(said('b')));
    const second = reader.read();
    await vi.advanceTimersByTimeAsync(99);
    expect(await Promise.race([second, 'nothing yet'])).toBe('nothing yet');
    await vi.advanceTimersByTimeAsync(1);
    expect(new TextDecoder().decode((await second).value)).toBe(said('b'));
    await writer.close();
  } finally {
    vi.useRealTimers();
    await Promise.all(others.map((stream) => stream.cancel()));
  }
});

test('who reads no further ends it', async () => {
  const cancelled = Promise.withResolvers<unknown>();
  const stream = new ReadableStream<Uint8Array>({ cancel: cancelled.resolve });
  await joinedText(stream).cancel('enough');
  expect(await cancelled.promise).toBe('enough');
});

test('a character cut in two by the network stays whole', async () => {
  const whole = bytes(said('ü', '😀'));
  for (let at = 1; at < whole.length; at += 1) {
    const text = (await join(whole.slice(0, at), whole.slice(at))).join('');
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
])('%s goes through as it is', async (_, other) => {
  const [before, after] = [said('a'), said('b')];
  expect((await join(before + other + after)).join('')).toBe(before + other + after);
});
