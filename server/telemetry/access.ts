import { createHash, timingSafeEqual } from 'node:crypto';
import { env } from '@/lib/env';
import { currentConnection } from '../connection';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whoever shows the token; where none is set, whoever asks from this machine and through no proxy. */
export function mayReadMetrics(headers: Headers, token = env.MUSTER_METRICS_TOKEN): boolean {
  if (!token) return currentConnection()?.isLocal ?? false;
  const shown = /^Bearer\s+(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(shown), digest(token));
}
