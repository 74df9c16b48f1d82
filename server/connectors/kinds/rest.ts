import { causesOf } from '@/lib/causes';
import type { JsonValue } from '@/lib/contracts/json';
import { Forbidden, Invalid, Upstream } from '../../errors';
import type { GuardedResponse, HttpMethod } from '../../http/guarded';
import { connectorFetch } from '../../http/reach';
import { isRedirect } from '../../http/redirect';
import type { Opened, TestReport } from '../opened';
import { getToken } from './oauth';

export interface RestRequest {
  method: HttpMethod;
  path: string;
  query?: Record<string, string>;
  body?: JsonValue;
}

const MAX_BODY_BYTES = 64_000;
const MAX_REDIRECTS = 3;

/** Calls a path below the connector's address, which neither the path nor a redirect leaves. */
export async function callRest(
  opened: Opened<'rest'>,
  { method, path, query = {}, body }: RestRequest,
  signal: AbortSignal,
): Promise<JsonValue> {
  const base = new URL(opened.settings.baseUrl);
  let url = urlBelow(base, path, query);
  const sent = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const headers = {
    accept: 'application/json, text/*;q=0.9, */*;q=0.1',
    ...(sent !== undefined && {
      'content-type': typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json',
    }),
    ...(await authorization(opened, signal)),
  };
  for (let redirects = 0; ; redirects += 1) {
    const request = { method, headers, body: sent, signal, timeoutMs: 25_000, maxBytes: MAX_BODY_BYTES };
    const answer = await connectorFetch(url.href, { ...request, redirects: 'answer' }).catch((error) => {
      throw isOfPath(error) ? new Invalid(error.message) : error;
    });
    if (!isRedirect(answer.status)) return toJson(answer);
    const next = URL.parse(answer.headers.location ?? '', url);
    if (!next || !isBelow(base, next) || redirects === MAX_REDIRECTS || (method !== 'GET' && method !== 'HEAD')) {
      throw new Forbidden(`${opened.name} redirects elsewhere, and was not followed. Call the final path.`);
    }
    url = next;
  }
}

/**
 * True when the address took the connection and this path was too slow, or broke off: that says nothing of the other paths,
 * and whoever asks for it shall not stop those of others.
 */
function isOfPath(error: unknown): error is Upstream {
  if (!(error instanceof Upstream)) return false;
  for (const { code } of causesOf(error.cause)) {
    if (code !== undefined) return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET';
  }
  return true;
}

/** Whatever the server answers to its own address shows that it is there; 401 and 403 that the login is wrong. */
export async function testRest(opened: Opened<'rest'>, signal: AbortSignal): Promise<TestReport> {
  const { baseUrl, auth } = opened.settings;
  const headers = await authorization(opened, signal);
  const { status } = await connectorFetch(baseUrl, {
    headers,
    signal,
    timeoutMs: 10_000,
    maxBytes: 1_000,
    redirects: 'answer',
  });
  if (status === 401 || status === 403) throw broken(`The address answers ${status}: the login is refused. Check it.`);
  if (status >= 500) throw broken(`The address answers ${status}. Try again later.`);
  const warnings = [
    baseUrl.startsWith('http:') &&
      auth !== 'none' &&
      'What is secret goes to this address in clear text. Use https://.',
    status === 404 && 'There is nothing at the address itself; the paths below it may be right.',
  ].filter((warning) => typeof warning === 'string');
  return { message: `${new URL(baseUrl).host} answers ${status}.`, warnings };
}

async function authorization(opened: Opened<'rest'>, signal: AbortSignal): Promise<Record<string, string>> {
  const { settings, credentials } = opened;
  const { auth, headerName, user, tokenUrl, clientId, scope } = settings;
  const { secret } = credentials;
  switch (auth) {
    case 'none':
      return {};
    case 'header':
      return { [headerName]: secret };
    case 'bearer':
      return { authorization: `Bearer ${secret}` };
    case 'basic':
      return { authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}` };
    case 'oauth': {
      const form = {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: secret,
        ...(scope && { scope }),
      };
      return { authorization: `Bearer ${(await getToken(opened, tokenUrl, form, signal)).accessToken}` };
    }
  }
}

/** @throws Forbidden for a path that leaves the address, whichever way it is written. */
function urlBelow(base: URL, path: string, query: Record<string, string>): URL {
  const below = path.replace(/^\/(?!\/)/, '');
  if (/^[a-z][a-z0-9+.-]*:|^[/\\]/i.test(below) || below.includes('\\')) {
    throw new Forbidden('Give a path below the address of the connector, such as orders/42, and no address.');
  }
  if (/[?#]/.test(below)) throw new Invalid('Give what follows ? as query, and leave out #.');
  if (climbs(below)) throw new Forbidden('The path must not climb with .. out of the address of the connector.');
  const url = new URL(`${base.href.replace(/\/+$/, '')}/${below}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
  if (!isBelow(base, url)) throw new Forbidden('The path leaves the address of the connector.');
  return url;
}

/** True for a segment `..` or `.`, however often it is percent-encoded. */
function climbs(path: string): boolean {
  let text = path;
  for (let round = 0; round < 5; round += 1) {
    if (text.split(/[/\\]/).some((segment) => segment === '..' || segment === '.')) return true;
    const decoded = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    if (decoded === text) return false;
    text = decoded;
  }
  return true;
}

function isBelow(base: URL, url: URL): boolean {
  const root = base.pathname.replace(/\/+$/, '');
  return (
    url.origin === base.origin &&
    !url.username &&
    !url.password &&
    (url.pathname === root || url.pathname.startsWith(`${root}/`)) &&
    !climbs(url.pathname)
  );
}

function toJson({ status, headers, body, truncated }: GuardedResponse): JsonValue {
  const contentType = headers['content-type'] ?? '';
  const text = new TextDecoder().decode(body);
  if (/[/+]json\b/i.test(contentType) && !truncated) {
    try {
      return { status, contentType, body: JSON.parse(text) as JsonValue, truncated };
    } catch {
      // Said to be JSON and is none: as it is.
    }
  }
  const isText = /^$|^text\/|[/+](json|xml|yaml|javascript)\b/i.test(contentType);
  return {
    status,
    contentType,
    body: isText ? text : `(${body.byteLength} bytes of ${contentType}, not shown)`,
    truncated,
  };
}

const broken = (message: string) => new Upstream(message, { reason: 'tool_failed', retriable: true });
