import pino, { type DestinationStream, type Logger } from 'pino';
import { env } from '@/lib/env';
import { redactLine } from './secrets/redaction';
import { safeError } from './telemetry/safe-error';

export type { Logger };

// Nobody means to log these; whoever does so by mistake logs that there was one.
const UNTOLD =
  'details authorization cookie password secret token apiKey key headers body input output prompt messages content'.split(
    ' ',
  );
const KEYS = /\b(?:sk|pk|xox[abp]|gh[pousr])[-_][\w-]{12,}|(?<=\bBearer )[\w.~+/=-]{8,}/g;

/** A logger that takes care of what must not be told: contents by their names, keys by their looks, secrets by their values, errors by `safeError`. */
export const makeLog = (level: string, destination?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: undefined,
      serializers: { err: safeError },
      redact: { paths: UNTOLD.flatMap((name) => [name, `*.${name}`]), censor: '[untold]' },
      hooks: { streamWrite: (line) => redactLine(line.replace(KEYS, '[key]')) },
    },
    destination,
  );

/** The server's one logger. Ids, never prompts or secrets. Contexts bind organization, actor, request and run to it. */
export const log: Logger = makeLog(env.LOG_LEVEL);
