import { Cron } from 'croner';
import { z } from 'zod';
import type { Json } from './canonical';
import { durationMs } from './durations';
import { keyOf, parses } from './expressions';

const expression = z.string().refine(parses, 'does not parse as an expression');
const duration = z.string().refine((text) => durationMs(text) !== undefined, 'is not a duration');
const Concurrency = z.strictObject({
  limit: z.number().int().min(0),
  key: expression.optional(),
  scope: z.enum(['fn', 'env', 'account']).optional(),
});

/**
 * A function as the SDK registers it (its `functionConfigSchema`), without the options this runner does not have yet
 * (throttle, rateLimit, debounce, batchEvents, singleton, timeouts): an unknown key is refused, never ignored.
 */
const FunctionConfig = z.strictObject({
  id: z.string().min(1),
  name: z.string().optional(),
  triggers: z.array(
    z.union([
      z.strictObject({ event: z.string().min(1), expression: expression.optional() }),
      z.strictObject({ cron: z.string().min(1) }),
    ]),
  ),
  steps: z.strictObject({
    step: z.object({ retries: z.object({ attempts: z.number().int().min(0).optional() }).optional() }),
  }),
  idempotency: expression.optional(),
  concurrency: z.union([z.number().int().min(0), Concurrency, z.array(Concurrency).min(1).max(2)]).optional(),
  priority: z.strictObject({ run: expression.optional() }).optional(),
  cancel: z
    .array(z.strictObject({ event: z.string().min(1), if: expression.optional(), timeout: duration.optional() }))
    .optional(),
});

type Config = z.infer<typeof FunctionConfig>;

/** Retries of a function that does not say how many: the SDK's `defaultMaxRetries`. */
const DEFAULT_RETRIES = 3;

export interface Slots {
  slots: string[];
  limits: number[];
}

export interface RegisteredFunction {
  id: string;
  appId: string;
  maxAttempts: number;
  triggers: { event: string; expression?: string }[];
  crons: string[];
  cancelOn: NonNullable<Config['cancel']>;
  limited: boolean;
  /** Of the event that starts a run: what may exist once in 24 hours; undefined when the function asks for none. */
  idempotencyKey(event: Json): string | undefined;
  priority(event: Json): number;
  slots(event: Json): Slots | undefined;
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
  if (!parsed.success) {
    throw new UnsupportedFunctionError(
      `The embedded runner cannot run the function ${id}:\n${z.prettifyError(parsed.error)}`,
    );
  }
  const config = parsed.data;
  const crons = config.triggers.flatMap((trigger) => ('cron' in trigger ? [trigger.cron] : []));
  for (const cron of crons) nextTick(cron, new Date());
  const concurrency = concurrencyOf(config);
  return {
    id,
    appId,
    maxAttempts: (config.steps.step.retries?.attempts ?? DEFAULT_RETRIES) + 1,
    triggers: config.triggers.flatMap((trigger) => ('event' in trigger ? [trigger] : [])),
    crons,
    cancelOn: config.cancel ?? [],
    limited: concurrency.length > 0,
    idempotencyKey: (event) => (config.idempotency ? keyOf(config.idempotency, { event }) : undefined),
    priority: (event) => priorityOf(config, event),
    slots: (event) =>
      concurrency.length === 0
        ? undefined
        : {
            slots: concurrency.map((entry, n) => slotName(id, entry, n, event)),
            limits: concurrency.map((entry) => entry.limit),
          },
  };
}

/** A limit of 0 means none, as on Inngest. */
function concurrencyOf({ concurrency }: Config): z.infer<typeof Concurrency>[] {
  const entries = typeof concurrency === 'number' ? [{ limit: concurrency }] : [concurrency ?? []].flat();
  return entries.filter((entry) => entry.limit > 0);
}

function slotName(fnId: string, entry: z.infer<typeof Concurrency>, n: number, event: Json): string {
  const owner = entry.scope && entry.scope !== 'fn' ? `${entry.scope}:${entry.key ?? ''}` : `fn:${fnId}:${n}`;
  return entry.key ? `${owner}=${keyOf(entry.key, { event })}` : owner;
}

function priorityOf({ priority }: Config, event: Json): number {
  if (!priority?.run) return 0;
  const value = Number(keyOf(priority.run, { event }));
  return Number.isFinite(value) ? Math.max(-600, Math.min(600, Math.trunc(value))) : 0;
}

/**
 * The next time of a cron expression, which may begin with `TZ=Europe/Paris `; undefined when there is none.
 * @throws UnsupportedFunctionError when it does not parse.
 */
export function nextTick(expression: string, after: Date): Date | undefined {
  const [, timezone = 'UTC', pattern = expression] = /^(?:CRON_)?TZ=(\S+)\s+(.+)$/.exec(expression) ?? [];
  try {
    return new Cron(pattern, { timezone }).nextRun(after) ?? undefined;
  } catch (error) {
    throw new UnsupportedFunctionError(`The cron expression ${JSON.stringify(expression)} is not valid`, {
      cause: error,
    });
  }
}

/** Whether a trigger's event name means this event: `user/*` means every event that begins so. */
export const nameMatches = (pattern: string, name: string): boolean =>
  pattern === name || (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1)));
