import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const withoutPrefix = (signingKey: string) => signingKey.replace(/^signkey-\w+-/, '');

/**
 * The header `x-inngest-signature`: HMAC-SHA256 over the canonical body and the time in seconds (the SDK's
 * `signDataWithKey`). The body must be canonical JSON, as the SDK canonicalises what it parsed.
 */
export function sign(body: string, signingKey: string, nowMs = Date.now()): string {
  const seconds = Math.round(nowMs / 1000).toString();
  const mac = createHmac('sha256', withoutPrefix(signingKey)).update(body).update(seconds).digest('hex');
  return `t=${seconds}&s=${mac}`;
}

/** What the SDK sends as bearer token to the API: its `hashSigningKey`. */
function bearerOf(signingKey: string): string {
  const prefix = /^signkey-\w+-/.exec(signingKey)?.[0] ?? '';
  return `${prefix}${createHash('sha256')
    .update(Buffer.from(withoutPrefix(signingKey), 'hex'))
    .digest('hex')}`;
}

const equal = (a: string, b: string): boolean => {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
};

export const isEventKey = (given: string, eventKey: string): boolean => equal(given, eventKey);

export const isAuthorized = (authorization: string, signingKey: string): boolean =>
  equal(authorization, `Bearer ${bearerOf(signingKey)}`);
