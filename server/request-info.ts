import { newId } from '@/db/columns';
import type { RequestInfo } from './context';

const cut = (value: string | null, max: number): string | null => value?.slice(0, max) ?? null;

/** What the audit trail and the logs know of a request. The address is as the proxy in front says, when there is one. */
export function requestInfo(headers: Headers): RequestInfo {
  return {
    id: newId(),
    ip: cut(headers.get('x-forwarded-for')?.split(',')[0]?.trim() ?? null, 64),
    userAgent: cut(headers.get('user-agent'), 300),
  };
}
