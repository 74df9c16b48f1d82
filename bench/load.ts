import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'undici';
import type { LoadPlan, LoadResult } from './load-plan';
import { summary } from './load-plan';

/**
 * The load, in a process of its own, on connections that are open before the clock starts: `loop` sends the next request
 * when an answer is there, for so many seconds; `burst` sends all at once, so many times.
 * Takes a LoadPlan as JSON and prints a LoadResult.
 */
const plan = JSON.parse(process.argv[2] ?? '') as LoadPlan;
const { origin, pathname, search } = new URL(plan.url);
const headers = { 'content-type': 'application/json', ...plan.headers };
const body = plan.body === undefined ? undefined : JSON.stringify(plan.body);

const latencies: number[] = [];
const firsts: number[] = [];
const failures: string[] = [];

/** One request; what it took goes into the lists. Nothing but the marks is looked at. */
function ask(client: Client, path: string, mark: LoadPlan['mark'], measured: boolean): Promise<void> {
  return new Promise((done) => {
    const startedAt = performance.now();
    let status = 0;
    let text = '';
    let firstAt = 0;
    const fail = (message: string) => {
      if (measured) failures.push(message.slice(0, 1_000));
      done();
    };
    client.dispatch(
      { path, method: measured && body !== undefined ? 'POST' : 'GET', headers, body: measured ? body : undefined },
      {
        onRequestStart() {},
        onResponseStart(_controller, statusCode) {
          status = statusCode;
        },
        onResponseData(_controller, chunk) {
          text += chunk.toString('latin1');
          if (mark.first && firstAt === 0 && text.includes(mark.first)) firstAt = performance.now();
        },
        onResponseEnd() {
          if (measured && (status !== 200 || !text.includes(mark.end))) return fail(`${status} ${text}`);
          if (measured) latencies.push(performance.now() - startedAt);
          if (firstAt > 0) firsts.push(firstAt - startedAt);
          done();
        },
        onResponseError: (_controller, error) => fail(error.message || String(error)),
      },
    );
  });
}

const clients = Array.from(
  { length: plan.concurrency },
  () => new Client(origin, { headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 60_000 }),
);
// A few at a time: what a server does with a thousand new connections at once is another question.
for (let i = 0; i < clients.length; i += 50) {
  await Promise.all(clients.slice(i, i + 50).map((client) => ask(client, plan.warmPath, { end: '' }, false)));
}

const target = pathname + search;
const beganAt = performance.now();
if (plan.kind === 'burst') {
  for (let round = 0; round < plan.rounds; round += 1) {
    await Promise.all(clients.map((client) => ask(client, target, plan.mark, true)));
    await pause(100);
  }
} else {
  const until = beganAt + plan.seconds * 1_000;
  const worker = async (client: Client) => {
    do await ask(client, target, plan.mark, true);
    while (performance.now() < until);
  };
  await Promise.all(clients.map(worker));
}
const seconds = (performance.now() - beganAt) / 1_000;
await Promise.all(clients.map((client) => client.destroy()));

const result: LoadResult = {
  answered: latencies.length,
  perSecond: latencies.length / seconds,
  ...summary(latencies),
  ...(firsts.length > 0 ? { first: summary(firsts) } : {}),
  failures: failures.length,
  ...(failures[0] ? { failure: failures[0] } : {}),
};
console.log(JSON.stringify(result));
