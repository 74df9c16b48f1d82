import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * An OpenAI-compatible provider as cheap as can be, in a process of its own: everything it says is made beforehand, and it
 * keeps nothing. A model's name says what it does: `plain` answers, `tool` first calls the calculator once; with `-slow`
 * the first token comes after 500 ms, and 49 more every 10 ms. (Faults and other protocols: e2e/fixtures/model-server.)
 */
const TOKENS = 50;
const FIRST_TOKEN_MS = 500;
const PER_TOKEN_MS = 10;

const usage = { prompt_tokens: 20, completion_tokens: TOKENS, total_tokens: 20 + TOKENS };
const frame = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const delta = (content: object, finish_reason: string | null = null): string =>
  frame({ ...chunk, choices: [{ index: 0, delta: content, finish_reason }] });
const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'bench' };
const tail = (reason: string): string =>
  `${delta({}, reason)}${frame({ ...chunk, choices: [], usage })}data: [DONE]\n\n`;
const whole = (message: object, finish_reason: string): string =>
  JSON.stringify({
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'bench',
    choices: [{ index: 0, finish_reason, message: { role: 'assistant', ...message } }],
    usage,
  });

const call = {
  index: 0,
  id: 'call_1',
  type: 'function',
  function: { name: 'calculator', arguments: '{"expression":"17 * 2499 / 100"}' },
};
const HEAD = delta({ role: 'assistant', content: '' });
const TOKEN = delta({ content: 'word ' });
const ANSWER = { body: whole({ content: 'word '.repeat(TOKENS) }, 'stop'), tokens: TOKENS, end: tail('stop') };
const CALL = {
  body: whole({ content: null, tool_calls: [call] }, 'tool_calls'),
  tokens: 0,
  end: delta({ tool_calls: [call] }) + tail('tool_calls'),
};
type Answer = typeof ANSWER;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (piece: Buffer) => chunks.push(piece));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString();
    const answer = body.includes('"model":"tool') && !body.includes('"role":"tool"') ? CALL : ANSWER;
    const isSlow = /"model":"\w+-slow"/.test(body);
    if (body.includes('"stream":true')) stream(response, answer, isSlow);
    else setTimeout(send, isSlow ? FIRST_TOKEN_MS + (answer.tokens - 1) * PER_TOKEN_MS : 0, response, answer);
  });
});

function send(response: ServerResponse, { body }: Answer): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}

function stream(response: ServerResponse, { tokens, end }: Answer, isSlow: boolean): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (!isSlow) return void response.end(HEAD + TOKEN.repeat(tokens) + end);
  response.flushHeaders();
  const firstAt = performance.now() + FIRST_TOKEN_MS;
  let sent = 0;
  // By the clock, not by the number of ticks: under load tokens come in clumps, but never later than they should.
  const tick = () => {
    if (response.destroyed) return;
    const due = Math.min(tokens, Math.floor((performance.now() - firstAt) / PER_TOKEN_MS) + 1);
    const news = (sent === 0 ? HEAD : '') + TOKEN.repeat(Math.max(0, due - sent));
    sent = Math.max(sent, due);
    if (sent >= tokens) return void response.end(news + end);
    response.write(news);
    setTimeout(tick, PER_TOKEN_MS);
  };
  setTimeout(tick, FIRST_TOKEN_MS);
}

server.listen(0, '127.0.0.1', 4_096, () => {
  console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
