import { Cron } from 'croner';
import { z } from 'zod';
import { concurrencyOf, type Flow, flowOf } from './flow';
import { FunctionConfig } from './function-config';

/** Retries of a function that does not say how many: the SDK's `defaultMaxRetries`. */
const DEFAULT_RETRIES = 3;

export interface CronTrigger {
  cron: string;
  /** A tick is put off by up to so much. */
  jitterMs: number;
}

export interface RegisteredFunction extends Flow {
  id: string;
  appId: string;
  name: string;
  /** Where its app serves it, by the app's own account. */
  serveUrl?: string;
  maxAttempts: number;
  triggers: { event: string; expression?: string }[];
  crons: CronTrigger[];
  cancelOn: NonNullable<FunctionConfig['cancel']>;
  /** Its calls occupy slots. */
  limited: boolean;
  /** Its events may wait for others. */
  gathers: boolean;
  startTimeoutMs?: number;
  finishTimeoutMs?: number;
}

export class UnsupportedFunctionError extends Error {
  override name = 'UnsupportedFunctionError';
}

/**
 * Reads one function of a registration.
 * @throws UnsupportedFunctionError for options this runner does not have, and for expressions that do not parse.
 */
export function readFunction(appId: string, raw: unknown): RegisteredFunction {
  const parsed = FunctionConfig.safeParse(raw);
  const id = z.object({ id: z.string() }).safeParse(raw).data?.id ?? 'without an id';
  const refuse = (why: string) =>
    new UnsupportedFunctionError(`The embedded runner cannot run the function ${id}:\n${why}`);
  if (!parsed.success) throw refuse(z.prettifyError(parsed.error));
  const config = parsed.data;
  if (config.debounce && config.batchEvents) throw refuse('✖ debounce and batchEvents exclude each other');
  if (config.singleton && config.batchEvents) throw refuse('✖ singleton and batchEvents exclude each other');
  if (config.cancel?.length && config.batchEvents) throw refuse('✖ cancelOn and batchEvents exclude each other');
  if (config.priority?.run && config.batchEvents) throw refuse('✖ priority and batchEvents exclude each other');
  if (concurrencyOf(config).some(({ key, scope = 'fn' }) => scope !== 'fn' && !key))
    throw refuse('✖ a limit that functions share, of the scope env or account, needs a key → at concurrency');
  const crons = config.triggers.flatMap((trigger) =>
    'cron' in trigger ? [{ cron: trigger.cron, jitterMs: trigger.jitter ?? 0 }] : [],
  );
  for (const { cron } of crons) nextTick(cron, new Date());
  return {
    ...flowOf(config),
    id,
    appId,
    name: config.name ?? id,
    serveUrl: config.steps.step.runtime?.url,
    maxAttempts: (config.steps.step.retries?.attempts ?? DEFAULT_RETRIES) + 1,
    triggers: config.triggers.flatMap((trigger) => ('event' in trigger ? [trigger] : [])),
    crons,
    cancelOn: config.cancel ?? [],
    limited: concurrencyOf(config).length > 0,
    gathers: Boolean(config.debounce ?? config.batchEvents),
    startTimeoutMs: config.timeouts?.start,
    finishTimeoutMs: config.timeouts?.finish,
  };
}

/**
 * The next time of a cron expression of five fields, which may begin with `TZ=Europe/Paris `; undefined when there is none.
 * Inngest's server knows no seconds and no names such as `@hourly`, so there are none here.
 * @throws UnsupportedFunctionError when it does not parse.
 */
export function nextTick(expression: string, after: Date): Date | undefined {
  const [, timezone = 'UTC', pattern = expression] = /^(?:CRON_)?TZ=(\S+)\s+(.+)$/.exec(expression) ?? [];
  try {
    if (pattern.startsWith('@')) throw new TypeError('There are no names for cron expressions');
    return new Cron(pattern, { timezone, mode: '5-part' }).nextRun(after) ?? undefined;
  } catch (error) {
    throw new UnsupportedFunctionError(
      `The cron expression ${JSON.stringify(expression)} is not valid: it has five fields, from minutes to days of the week`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Whether a trigger's event name means this event: `user/*` and `user/mail.*` mean every event that begins so. As on Inngest's
 * server, a `*` that stands behind neither `/` nor `.` means nothing: alone, it would be started by its own end.
 */
export const nameMatches = (pattern: string, name: string): boolean =>
  pattern === name || (/[/.]\*$/.test(pattern) && name.startsWith(pattern.slice(0, -1)));
