import { randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type Logger, log } from '../log';
import { readRequestId } from '../request-info';
import { stopping } from '../stopping';
import { type Facts, underWay } from './facts';
import { metrics } from './metrics';
import { emitSpan, isTracing, runAddress } from './spans';

export { describeRequest } from './facts';

/**
 * Gives each request an id, which its handler finds in `x-request-id` and its answer carries; counts it, and writes one
 * line when it is answered.
 * `routeOf` gives the pattern of a path, such as `/[org]/agents`: one of few.
 */
export function observed(
  handler: RequestListener,
  { routeOf, to = log }: { routeOf: (path: string) => string; to?: Logger },
): RequestListener {
  return (request, response) => {
    const id = readRequestId(request.headers['x-request-id']);
    request.headers['x-request-id'] = id;
    const facts: Facts = {};
    alwaysSend(response, id, facts);
    const startedAt = new Date();
    const started = performance.now();
    response.once('close', () => {
      const seconds = (performance.now() - started) / 1_000;
      report({ id, request, response, facts, startedAt, seconds, route: routeOf(pathOf(request)), to });
    });
    return underWay.run(facts, () => handler(request, response));
  };
}

const pathOf = ({ url = '/' }: IncomingMessage): string => url.replace(/[?#].*$/s, '');

/** Set as the very last: Next appends the headers of a route's own answer to those that are there. */
function alwaysSend(response: ServerResponse, id: string, facts: Facts): void {
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  response.writeHead = (...args: unknown[]) => {
    response.setHeader('x-request-id', id);
    // This connection must not be used again by a client that has not heard of the stop.
    if (stopping.aborted) response.setHeader('connection', 'close');
    if (!facts.away || Number(args[0]) < 500) return writeHead(...args);
    response.setHeader('retry-after', '2');
    return writeHead(503, ...args.slice(1));
  };
}

interface Answered {
  id: string;
  request: IncomingMessage;
  response: ServerResponse;
  facts: Facts;
  startedAt: Date;
  seconds: number;
  route: string;
  to: Logger;
}

/** What machines ask all the time: counted, but not worth a line or a span of each. */
const QUIET = /^\/(?:_next|api\/(?:health|inngest|metrics))(?:\/|$)/;
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

function report({ id, request, response, facts, startedAt, seconds, route, to }: Answered): void {
  const method = METHODS.has(request.method ?? '') ? (request.method ?? '') : 'other';
  // 499 as nginx has it: whoever asked did not wait for the end.
  const status = response.writableFinished ? response.statusCode : 499;
  const isStream = String(response.getHeader('content-type')).startsWith('text/event-stream');
  metrics().httpRequests.inc({ method, route, status });
  if (!isStream) metrics().httpSeconds.observe({ method, route }, seconds);
  const quiet = QUIET.test(route);
  const level = status >= 500 ? 'warn' : quiet ? 'debug' : 'info';
  to[level]({ request: id, method, route, status, ms: Math.round(seconds * 1_000), ...facts }, 'request');
  if (!isTracing() || quiet) return;
  const parent = parseTraceparent(request.headers.traceparent);
  if (parent && !parent.sampled) return;
  emitSpan({
    traceId: parent?.traceId ?? randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    parentSpanId: parent?.spanId,
    name: `${method} ${route}`,
    kind: 'server',
    startedAt,
    endedAt: new Date(startedAt.getTime() + seconds * 1_000),
    error: status >= 500 ? String(status) : undefined,
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': status,
      'muster.request.id': id,
      'muster.org.id': facts.org,
    },
    links: facts.run ? [runAddress(facts.run)] : [],
  });
}

/** https://www.w3.org/TR/trace-context/#traceparent-header */
function parseTraceparent(header: string | string[] | undefined) {
  const match = /^[0-9a-e][0-9a-f]-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})\b/.exec(String(header ?? ''));
  const [, traceId = '', spanId = '', flags = ''] = match ?? [];
  if (!match || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
