import pino, { type Logger } from 'pino';
import { env } from '@/lib/env';

export type { Logger };

/** The server's one logger. Ids, never prompts or secrets. Contexts bind organization, actor, request and run to it. */
export const log: Logger = pino({ level: env.LOG_LEVEL, base: undefined });
