import { createServer, request as httpRequest, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GET } from '@/app/api/metrics/route';
import { newId } from '@/db/columns';
import { withConnection } from '../connection';
import { makeLog } from '../log';
import { requestInfo } from '../request-info';
import { mayReadMetrics } from './access';
import { metrics } from './metrics';
import { describeRequest, observed } from './requests';
import { runStarted } from './runs';
import { type EndedSpan, runAddress, setSpanSink } from './spans';
import { expositionFaults } from './testing/exposition';

interface Line {
  level: number;
  msg: string;
  request: string;
  [field: string]: unknown;
}

/** A server of its own around `handler`, with what it logs. */
async function serve(handler: RequestListener) {
  const lines: Line[] = [];
  const to = makeLog('debug', { write: (line) => void lines.push(JSON.parse(line)) });
  const server = createServer(observed(handler, { routeOf: (path) => path.replace(/\d+/g, '[id]'), to }));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  servers.push(server);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const get = (path: string, headers: Record<string, string> = {}) => fetch(url + path, { headers });
  const line = () => eventually(() => lines.at(-1));
  return { url, get, lines, line };
}
const servers: ReturnType<typeof createServer>[] = [];
afterAll(() => {
  for (const server of servers) server.close().closeAllConnections();
});

/** The line is written when the connection has the last byte: shortly after the client has it. */
async function eventually<T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (let left = 500; left > 0; left -= 1) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((next) => setTimeout(next, 2));
  }
  throw new Error('It did not happen');
}

describe('a request', () => {
  test('has one id: in its handler, its answer, its log line', async () => {
    const { get, line } = await serve((request, response) => {
      const { id } = requestInfo(new Headers(request.headers as Record<string, string>));
      // As Next does with the headers of a route's own answer.
      response.appendHeader('x-request-id', id);
      response.end(id);
    });
    const answer = await get('/agents/7');
    const id = await answer.text();
    expect(answer.headers.get('x-request-id')).toBe(id);
    expect(await line()).toMatchObject({ request: id, method: 'GET', route: '/agents/[id]', status: 200, level: 30 });
  });

  test.each([
    ['a sane id is taken over', 'trace-me.0815', true],
    ['one that would forge a log line is not', 'x'.repeat(101), false],
    ['a short one is not', 'x', false],
    ['one with a space is not', 'id with spaces', false],
  ])('%s', async (_, given, kept) => {
    const { get } = await serve((_request, response) => void response.end());
    const id = (await get('/', { 'x-request-id': given })).headers.get('x-request-id');
    expect(id === given).toBe(kept);
    expect(id).toMatch(/^[\w.:-]{8,100}$/);
  });

  test('is logged with who asked, in whatever part of the code that became known', async () => {
    const org = newId();
    const { get, line } = await serve(async (_request, response) => {
      await new Promise((later) => setImmediate(later));
      describeRequest({ org, actor: 'ada' });
      response.writeHead(404).end();
    });
    await get('/');
    expect(await line()).toMatchObject({ org, actor: 'ada', status: 404, level: 30 });
  });

  test('that fails is a warning; what machines ask all the time is not worth a line', async () => {
    const { get, line, lines } = await serve((request, response) => {
      response.writeHead(request.url === '/broken' ? 500 : 200).end();
    });
    await get('/broken');
    expect(await line()).toMatchObject({ level: 40, status: 500 });
    await get('/api/health/live');
    await eventually(() => (lines.length > 1 ? true : undefined));
    expect(lines[1]).toMatchObject({ level: 20, route: '/api/health/live' });
  });

  test('is counted by pattern, with streams apart and the impatient as 499', async () => {
    metrics().httpRequests.reset();
    metrics().httpSeconds.reset();
    const { url, get, line } = await serve((request, response) => {
      if (request.url === '/stream') response.setHeader('content-type', 'text/event-stream');
      if (request.url !== '/hangs') response.end();
    });
    for (const path of ['/agents/1', '/agents/2', '/stream']) await (await get(path)).text();
    const left = httpRequest(`${url}/hangs`, { method: 'POST' }).end();
    left.on('error', () => {});
    left.on('socket', (socket) => socket.on('connect', () => setTimeout(() => left.destroy(), 20)));
    await line();
    const text = await eventually(async () => {
      const all = await metrics().registry.metrics();
      return all.includes('status="499"') ? all : undefined;
    });
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        'muster_http_requests_total{method="GET",route="/agents/[id]",status="200"} 2',
        'muster_http_requests_total{method="GET",route="/stream",status="200"} 1',
        'muster_http_requests_total{method="POST",route="/hangs",status="499"} 1',
        'muster_http_request_duration_seconds_count{method="GET",route="/agents/[id]"} 2',
      ]),
    );
    expect(text).not.toContain('muster_http_request_duration_seconds_count{method="GET",route="/stream"}');
  });
});

describe('a span', () => {
  let sent: EndedSpan[];
  beforeEach(() => {
    sent = [];
    setSpanSink((span) => sent.push(span));
  });
  afterEach(() => setSpanSink(undefined));

  test('continues the trace of whoever asks, and points to the run it starts', async () => {
    const runId = newId();
    const { get } = await serve((_request, response) => {
      runStarted({ runId, trigger: 'api' });
      response.writeHead(500).end();
    });
    await get('/start', { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
    const span = await eventually(() => sent[0]);
    expect(span).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      parentSpanId: 'b7ad6b7169203331',
      name: 'GET /start',
      error: '500',
      links: [runAddress(runId)],
      attributes: { 'http.route': '/start', 'http.response.status_code': 500 },
    });
  });

  test('begins a trace of its own where the header is none, and none where the caller samples not', async () => {
    const { get } = await serve((_request, response) => void response.end());
    await get('/unsampled', { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00' });
    await get('/nonsense', { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` });
    const span = await eventually(() => sent[0]);
    expect(span).toMatchObject({ name: 'GET /nonsense', parentSpanId: undefined });
    expect(span.traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
  });
});

describe('metrics', () => {
  const scraped = async (headers: Record<string, string> = {}) => {
    const { get } = await serve(async (request, response) => {
      const answer = await withConnection(request, () => GET(new Request('http://localhost/api/metrics')));
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(await answer.text());
    });
    return get('/api/metrics', headers);
  };

  test('are for this machine while no token is set, and not for whom a proxy on it forwards', async () => {
    expect((await scraped()).status).toBe(200);
    for (const header of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']) {
      expect((await scraped({ [header]: '127.0.0.1' })).status).toBe(404);
    }
    expect((await GET(new Request('http://localhost/api/metrics'))).status).toBe(404);
  });

  test('are for whoever shows the token where one is set', () => {
    const headers = (authorization: string) => new Headers({ authorization });
    expect(mayReadMetrics(headers('Bearer right'), 'right')).toBe(true);
    for (const wrong of ['Bearer wrong', 'Bearer', 'right', 'Basic right', 'Bearer right2']) {
      expect(mayReadMetrics(headers(wrong), 'right')).toBe(false);
    }
    expect(mayReadMetrics(new Headers(), 'right')).toBe(false);
  });

  test('are what Prometheus reads, with the state of queue and database', async () => {
    const answer = await scraped();
    const text = await answer.text();
    expect(expositionFaults(text)).toEqual([]);
    expect(answer.headers.get('content-type')).toContain('version=0.0.4');
    expect(text).toMatch(/^muster_database_up 1$/m);
    expect(text).toMatch(/^muster_runner_jobs\{state="queued"\} \d+$/m);
    expect(text).toMatch(/^muster_database_connections\{state="active"\} [1-9]/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  });

  test('the check itself finds faults', () => {
    const help = '# HELP a_total x\n# TYPE a_total counter\n';
    expect(expositionFaults(`${help}a_total 1`)).toEqual(['does not end with a line feed']);
    expect(expositionFaults(`${help}a_total{x="1} 1\n`)).toEqual(['labels of a_total{x="1} 1']);
    expect(expositionFaults(`${help}a_total 1\na_total 2\n`)).toEqual(['twice: a_total{}']);
    expect(expositionFaults('# TYPE a_ms gauge\na_ms x\n')).toEqual([
      'value of a_ms x',
      'a_ms has no help',
      'a_ms is in no base unit',
    ]);
  });
});
