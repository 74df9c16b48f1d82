import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { env } from '@/lib/env';
import { hashToken, newToken } from '../auth/token';

/** The organization's id is part of the address, so that it is looked up inside its tenant. */
const TOKEN = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})[A-Za-z0-9_-]{32}$/;

export const makeToken = (orgId: string): string => `${orgId.replaceAll('-', '')}${newToken()}`;
export const hashOf = hashToken;

/** The organization that a token names; undefined for what cannot be a token. */
export const orgOf = (token: string): string | undefined => TOKEN.exec(token)?.slice(1).join('-');

/** Without a secret of the server, as in tests, what was signed is good until the process ends. */
const ownSecret = randomBytes(32).toString('base64');
const sign = (linkId: string, visitorId: string): Buffer =>
  createHmac('sha256', env.AUTH_SECRET ?? ownSecret)
    .update(`visitor ${linkId} ${visitorId}`)
    .digest();

/** What a visitor's browser keeps: who they are at this link, signed. */
export const sealVisitor = (linkId: string, visitorId: string): string =>
  `${visitorId}.${sign(linkId, visitorId).toString('base64url')}`;

/** Reads `sealVisitor`'s text; undefined for anything else, and for that of another link. */
export function openSeal(linkId: string, sealed: string | undefined): string | undefined {
  const [, visitorId, mac] = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([\w-]{43})$/.exec(sealed ?? '') ?? [];
  if (!visitorId || !mac) return undefined;
  return timingSafeEqual(Buffer.from(mac, 'base64url'), sign(linkId, visitorId)) ? visitorId : undefined;
}
