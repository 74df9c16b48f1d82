import { Forbidden, Upstream } from '../errors';
import { parseTarget } from './target';

export interface Hop {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: string | Uint8Array | undefined;
}

/** Headers that say nothing about who calls; all others stay with the origin they were meant for. */
const HARMLESS = new Set(['accept', 'accept-language', 'user-agent']);
const ABOUT_THE_BODY = /^content-/i;

export const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

/**
 * The request a redirect asks for (https://fetch.spec.whatwg.org/#http-redirect-fetch), checked like the first one.
 * To another origin go neither credentials nor a body.
 */
export function follow(hop: Hop, status: number, location: string | undefined, allowHosts?: readonly string[]): Hop {
  if (!location || !URL.canParse(location, hop.url)) {
    throw new Upstream(`${hop.url.host} answered ${status} without saying where to go. Call the final address.`, {
      reason: 'tool_failed',
      retriable: false,
    });
  }
  const url = parseTarget(new URL(location, hop.url).href, allowHosts);
  const becomesGet = status === 303 ? hop.method !== 'HEAD' : status < 303 && hop.method === 'POST';
  const next: Hop = becomesGet
    ? { url, method: 'GET', headers: without(hop.headers, ABOUT_THE_BODY), body: undefined }
    : { ...hop, url };
  if (url.origin === hop.url.origin) return next;
  if (next.body !== undefined) {
    throw new Forbidden(
      `${hop.url.host} sends the request on to ${url.host}. Send it there yourself if that is right.`,
    );
  }
  return {
    ...next,
    headers: Object.fromEntries(Object.entries(next.headers).filter(([name]) => HARMLESS.has(name.toLowerCase()))),
  };
}

const without = (headers: Record<string, string>, pattern: RegExp) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !pattern.test(name)));
