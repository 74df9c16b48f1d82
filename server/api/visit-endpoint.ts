import { PublicLinkRef } from '@/lib/contracts/public-links';
import type { RequestInfo } from '../context';
import { Invalid } from '../errors';
import type { Visit } from '../public-links/service';
import { parseJson, readBody } from '../request-body';
import { requestInfo } from '../request-info';
import type { RouteHandler } from './handlers';
import { toResponse } from './problem';

type Params = Record<string, string>;

const COOKIE = 'muster_visitor';
const COOKIE_SECONDS = 30 * 24 * 3600;
const MAX_BODY_BYTES = 256 * 1024;

/** A route of a public link's page: nobody signs in, the cookie tells one visitor from another. */
export function visitEndpoint(
  answer: (visit: Visit, given: { params: Params; request: Request }) => Promise<Response>,
): RouteHandler {
  return async (request, route) => {
    const info: RequestInfo = requestInfo(request.headers);
    const respond = async () => {
      try {
        const { token: given, ...params } = await route.params;
        const { token } = PublicLinkRef.parse({ token: given });
        return await answer({ token, sealed: readCookie(request), request: info }, { params, request });
      } catch (error) {
        // Without the token, which what is logged of a failure would have.
        return toResponse(error, new Request(new URL('/api/s', request.url)), info.id);
      }
    };
    const response = await respond();
    response.headers.set('x-request-id', info.id);
    response.headers.set('x-robots-tag', 'noindex, nofollow');
    if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store');
    return response;
  };
}

function readCookie(request: Request): string | undefined {
  const cookies = (request.headers.get('cookie') ?? '').split(/;\s*/);
  return cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
}

/** Sent to this link alone, read by no script; over TLS where the visitor is. */
export function visitorCookie(token: string, sealed: string, request: Request): string {
  const isSecure = new URL(request.url).protocol === 'https:' || request.headers.get('x-forwarded-proto') === 'https';
  const attributes = ['HttpOnly', 'SameSite=Lax', `Max-Age=${COOKIE_SECONDS}`, ...(isSecure ? ['Secure'] : [])];
  return [`${COOKIE}=${sealed}`, `Path=/api/s/${token}`, ...attributes].join('; ');
}

/** Other pages cannot have a browser send JSON here unasked. */
export async function readJson(request: Request): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) {
    throw new Invalid('Send the message as JSON, with Content-Type: application/json.', { status: 415 });
  }
  return parseJson(await readBody(request, MAX_BODY_BYTES));
}
