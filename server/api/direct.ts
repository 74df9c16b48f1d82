import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { NodeRequest, sendNodeResponse } from 'srvx/node';
import type { Routes } from '../routes';
import { handlers } from './handlers';

/**
 * Calls the handlers of the HTTP API themselves, once Next has loaded them for their first request: what it does around each call
 * of a handler, for pages, takes a fourth of a short run. All else is for `otherwise`.
 */
export function direct(otherwise: RequestListener, { routeOf, headersOf }: Routes): RequestListener {
  return (request, response) => {
    const [path = '/'] = (request.url ?? '/').split(/[?#]/, 1);
    const pattern = routeOf(path);
    const handler = handlers.get(`${request.method} ${pattern}`);
    if (!handler) return otherwise(request, response);
    for (const [name, value] of headersOf(path)) response.setHeader(name, value);
    const params = Promise.resolve(paramsOf(pattern, path));
    handler(new NodeRequest({ req: request, res: response }), { params })
      .then((answer) => send(answer, request, response))
      // What a handler throws is an answer as well: this is one that broke off.
      .catch((error: Error) => response.destroy(error));
  };
}

function paramsOf(pattern: string, path: string): Record<string, string> {
  const values = path.split('/');
  return Object.fromEntries(
    pattern.split('/').flatMap((name, at) => {
      const parameter = /^\[(\w+)\]$/.exec(name)?.[1];
      return parameter ? [[parameter, decodeURIComponent(values[at] ?? '')]] : [];
    }),
  );
}

/** Characters. Shorter, it fits in a few packets as it is. */
const COMPRESSED_FROM = 4_096;
const compress = promisify(gzip);
const takesGzip = ({ headers }: IncomingMessage): boolean =>
  /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(String(headers['accept-encoding']));

async function send(answer: Response, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeaders(answer.headers);
  if (!answer.body) return void response.writeHead(answer.status).end();
  if (!/\bjson\b/.test(answer.headers.get('content-type') ?? '')) {
    response.writeHead(answer.status);
    return sendNodeResponse(response, answer);
  }
  const text = await answer.text();
  response.setHeader('vary', 'Accept-Encoding');
  if (text.length < COMPRESSED_FROM || !takesGzip(request)) {
    response.setHeader('content-length', Buffer.byteLength(text));
    // As a text, it goes in one write with the headers.
    return void response.writeHead(answer.status).end(text);
  }
  const body = await compress(text);
  response.setHeader('content-encoding', 'gzip');
  response.setHeader('content-length', body.length);
  response.writeHead(answer.status).end(body);
}
