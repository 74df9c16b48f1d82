import { expect, test } from 'vitest';
import { JoinedText } from './joined-text';

const head = { id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm' };
const event = (delta: unknown, more: object = {}) =>
  `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`;
const said = (...pieces: string[]) => pieces.map((content) => event({ content })).join('');
const bytes = (text: string) => new TextEncoder().encode(text);
const join = (...chunks: (string | Uint8Array)[]) => {
  const joined = new JoinedText();
  const outcome = chunks.map((chunk) => joined.push(typeof chunk === 'string' ? bytes(chunk) : chunk));
  return [...outcome, joined.end()];
};

test('pieces of text that come together are one, what is between them stays between them', () => {
  const call = event({ tool_calls: [{ index: 0, id: 'a', function: { name: 'x', arguments: '' } }] });
  const end = `${event({}, { finish_reason: 'stop' })}data: [DONE]\n\n`;
  const start = event({ role: 'assistant', content: '' });
  expect(join(start + said('The ', 'answer') + call + said('is', ' 42', '.') + end)).toEqual([
    event({ role: 'assistant', content: 'The answer' }) + call + said('is 42.') + end,
    '',
  ]);
});

test('nothing waits for a piece that has not come, and half an event waits for its other half', () => {
  const [a, b] = [said('a'), said('b')];
  expect(join(a, b)).toEqual([a, b, '']);
  expect(join(a + b.slice(0, 30), b.slice(30))).toEqual([a, b, '']);
  expect(join(a.slice(0, 10))).toEqual(['', a.slice(0, 10)]);
});

test('a character cut in two by the network stays whole', () => {
  const whole = bytes(said('ü', '😀'));
  for (let at = 1; at < whole.length; at += 1) {
    const text = join(whole.slice(0, at), whole.slice(at)).join('');
    expect(text.replace('"}', '').replace(/[^ü😀]/gu, ''), String(at)).toBe('ü😀');
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
