import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ApiAnswer, ApiRequest } from './api-request';
import { MAX_STATE_BYTES } from './limits';
import type { EmbeddedRunner } from './runner';

/** Browsers may send events from any page, as to Inngest: the event key is made for that. For an hour they need not ask again. */
function allowEvents(request: IncomingMessage, response: ServerResponse): boolean {
  if (!request.url?.startsWith('/e/')) return false;
  response.setHeader('access-control-allow-origin', '*');
  if (request.method !== 'OPTIONS') return false;
  response.setHeader('access-control-allow-methods', 'POST');
  response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*');
  response.setHeader('access-control-max-age', '3600');
  return true;
}

/** The API of a runner over HTTP; not yet listening. */
export function createRunnerServer(runner: Pick<EmbeddedRunner, 'api'>): Server {
  return createServer((request, response) => {
    if (allowEvents(request, response)) return void send(response, { status: 204, body: '' });
    readRequest(request)
      .then((read) => ('status' in read ? read : runner.api(read)))
      .then((answer) => send(response, answer))
      // The client is gone, or sent what is no HTTP.
      .catch(() => response.destroy());
  });
}

async function readRequest(request: IncomingMessage): Promise<ApiRequest | ApiAnswer> {
  const url = URL.parse(request.url ?? '', 'http://runner.invalid');
  if (!url) return problem(400, 'The address is not valid');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_STATE_BYTES) return problem(413, 'The request is too large');
    chunks.push(chunk);
  }
  const headers = request.headers as Record<string, string | undefined>;
  return { method: request.method ?? 'GET', url, headers, body: Buffer.concat(chunks).toString('utf8') };
}

const problem = (status: number, error: string): ApiAnswer => ({ status, body: JSON.stringify({ error, status }) });

function send(response: ServerResponse, { status, body }: ApiAnswer): void {
  response.writeHead(status, {
    ...(body && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    ...(status === 503 && { 'retry-after': '1' }),
    // What is left of a request that is too large is not read.
    ...(status === 413 && { connection: 'close' }),
  });
  response.end(body);
}
