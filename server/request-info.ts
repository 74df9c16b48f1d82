import { newId } from '@/db/columns';
import { env } from '@/lib/env';
import { currentConnection } from './connection';
import type { RequestInfo } from './context';

const cut = (value: string | null, max: number): string | null => value?.slice(0, max) ?? null;

/** The id that whoever asks gave their request, if it looks like one; else a new one. */
export const readRequestId = (given: unknown): string =>
  typeof given === 'string' && /^[\w.:-]{8,100}$/.test(given) ? given : newId();

/** What the audit trail and the logs know of a request. */
export function requestInfo(headers: Headers): RequestInfo {
  return {
    id: readRequestId(headers.get('x-request-id')),
    ip: cut(clientAddress(headers), 64),
    userAgent: cut(headers.get('user-agent'), 300),
  };
}

/**
 * Who asked: the other end of the connection or, behind proxies of ours, what the outermost of them saw. Each proxy adds
 * the address it saw at the end; what stands further to the front, whoever asked may have written.
 */
function clientAddress(headers: Headers): string | null {
  const seen = headers.get('x-forwarded-for')?.split(',') ?? [];
  const direct = currentConnection()?.address ?? seen.at(-1)?.trim() ?? null;
  return env.MUSTER_TRUSTED_PROXIES > 0 ? (seen.at(-env.MUSTER_TRUSTED_PROXIES)?.trim() ?? direct) : direct;
}
