import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProviderAnswer } from '../e2e/fixtures/model-server/answer';
import { chat } from '../e2e/fixtures/model-server/chat';

/**
 * The chat completions of the tests' double of a provider (e2e/fixtures/model-server), as cheap as can be and in a process of
 * its own: everything it says is made beforehand, and it keeps nothing. A model's name says what it does: `plain` answers, `tool` first calls the calculator once; with `-slow`
 * the first token comes after 500 ms, and 49 more every 10 ms.
 */
const TOKENS = 50;
const FIRST_TOKEN_MS = 500;
const PER_TOKEN_MS = 10;

/** Everything that is said, made beforehand in the words of the tests' double of a provider. */
function said(answer: ProviderAnswer) {
  const frames = chat.frames(answer, 'bench').map(({ data }) => data);
  const tokens = answer.tokens?.length ?? 0;
  return {
    body: JSON.stringify(chat.whole(answer, 'bench')),
    head: frames[0] ?? '',
    token: frames[1] ?? '',
    tokens,
    end: frames.slice(1 + tokens).join(''),
  };
}

const usage = { input: 20, output: TOKENS };
const ANSWER = said({ tokens: Array.from({ length: TOKENS }, () => 'word '), usage });
const CALL = said({ calls: [{ name: 'calculator', arguments: '{"expression":"17 * 2499 / 100"}' }], usage });
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

function stream(response: ServerResponse, { head, token, tokens, end }: Answer, isSlow: boolean): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (!isSlow) return void response.end(head + token.repeat(tokens) + end);
  response.flushHeaders();
  const firstAt = performance.now() + FIRST_TOKEN_MS;
  let sent = 0;
  // By the clock, not by the number of ticks: under load tokens come in clumps, but never later than they should.
  const tick = () => {
    if (response.destroyed) return;
    const due = Math.min(tokens, Math.floor((performance.now() - firstAt) / PER_TOKEN_MS) + 1);
    const news = (sent === 0 ? head : '') + token.repeat(Math.max(0, due - sent));
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
