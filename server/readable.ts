import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { Problem } from './api/problem';

/** Answers what is no request to this server in words, where Next and next-auth would fail over it. */
export const readable =
  (handler: RequestListener): RequestListener =>
  (request, response) => {
    dropUnreadable(request);
    const problem = problemOf(request);
    if (!problem) return handler(request, response);
    response.writeHead(problem.status, { 'content-type': 'application/problem+json', connection: 'close' });
    response.end(JSON.stringify({ type: 'about:blank', title: 'INVALID', ...problem } satisfies Problem));
  };

/** Nothing but HTTP is spoken here. Left to Next, a connection that asks for something else is kept for ever at some paths. */
export const refuseUpgrades = (server: Server): void =>
  void server.on('upgrade', (_request, socket) => socket.destroy());

/** What a proxy of somebody says of the address that was asked for, when it is none. */
function dropUnreadable({ headers }: IncomingMessage): void {
  const { 'x-forwarded-host': host, 'x-forwarded-proto': protocol } = headers;
  if (host !== undefined && !isHost(host)) delete headers['x-forwarded-host'];
  if (protocol !== undefined && !/^https?$/.test(String(protocol))) delete headers['x-forwarded-proto'];
}

function problemOf({ method, url = '', headers }: IncomingMessage): { status: number; detail: string } | undefined {
  // Requests as fetch knows them have no such method.
  if (method === 'TRACE') return { status: 405, detail: 'TRACE is not answered here.' };
  if (!url.startsWith('/')) return { status: 400, detail: 'Ask for a path of this server, such as /api/v1/agents.' };
  if (headers.host !== undefined && !isHost(headers.host)) {
    return { status: 400, detail: 'The header Host names no host. Send the name and port of this server.' };
  }
  if (isDecodable(url.replace(/[?#].*$/s, ''))) return undefined;
  return { status: 400, detail: 'The path has a % that begins no character in UTF-8. Write % itself as %25.' };
}

const isHost = (host: unknown): boolean => /^[^/?#@\\]+$/.test(String(host)) && URL.canParse(`http://${host}`);

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
