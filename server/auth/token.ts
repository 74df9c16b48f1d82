import { createHash, randomBytes } from 'node:crypto';

/** What a link holds: 192 bits, unguessable. Only its hash is stored. */
export const newToken = (): string => randomBytes(24).toString('base64url');

/** A random secret needs no slow hash. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');
