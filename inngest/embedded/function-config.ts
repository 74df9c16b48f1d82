import { z } from 'zod';
import { DAY_MS, dueAtMs, durationMs } from './durations';
import { expressionFault } from './expressions';
import { Name } from './storable';

/** Text that parses as an expression. */
export const Expression = z.string().superRefine((text, context) => {
  const message = expressionFault(text);
  if (message) context.addIssue({ code: 'custom', message });
});
/** In milliseconds. */
const duration = z.string().transform((text, context): number => {
  const ms = durationMs(text);
  if (ms !== undefined && ms <= 36_500 * DAY_MS) return ms;
  context.addIssue({ code: 'custom', message: ms ? 'is longer than a hundred years' : 'is not a duration' });
  return z.NEVER;
});
const deadline = z.string().refine((text) => dueAtMs(text) !== undefined, 'is neither a duration nor a date');
const period = duration.refine((ms) => ms >= 1_000, 'is shorter than a second');
const count = z.number().int().min(1);

export const Concurrency = z.strictObject({
  limit: z.number().int().min(0),
  key: Expression.optional(),
  scope: z.enum(['fn', 'env', 'account']).optional(),
});

/** How many events one batch may hold; they are sent in one call, twice. */
const MAX_BATCH = 1_000;
/** As Inngest's server has it, so that what works here works there. */
const MAX_TRIGGERS = 10;
const MAX_CANCELLATIONS = 5;

/** A function as the SDK registers it (its `functionConfigSchema`): an unknown key is refused, never ignored. */
export const FunctionConfig = z.strictObject({
  id: Name,
  name: z.string().optional(),
  triggers: z
    .array(
      z.union([
        z.strictObject({ event: Name, expression: Expression.optional() }),
        z.strictObject({ cron: Name, jitter: duration.optional() }),
      ]),
    )
    .max(MAX_TRIGGERS)
    .refine(
      (triggers) => new Set(triggers.map((one) => JSON.stringify(one))).size === triggers.length,
      'are not all different',
    ),
  steps: z.strictObject({
    step: z.object({
      runtime: z.object({ type: z.literal('http', 'has to be http'), url: z.url() }).optional(),
      retries: z.object({ attempts: z.number().int().min(0).max(20).optional() }).optional(),
    }),
  }),
  idempotency: Expression.optional(),
  concurrency: z.union([z.number().int().min(0), Concurrency, z.array(Concurrency).min(1).max(2)]).optional(),
  throttle: z.strictObject({ key: Expression.optional(), limit: count, period, burst: count.optional() }).optional(),
  rateLimit: z
    .strictObject({
      key: Expression.optional(),
      limit: count,
      period: period.refine((ms) => ms <= DAY_MS, 'is longer than a day'),
    })
    .optional(),
  debounce: z
    .strictObject({
      key: Expression.optional(),
      period: period.refine((ms) => ms <= 7 * DAY_MS, 'is longer than seven days'),
      timeout: duration.optional(),
    })
    .optional(),
  batchEvents: z
    .strictObject({
      maxSize: count.max(MAX_BATCH),
      timeout: period,
      key: Expression.optional(),
      if: Expression.optional(),
    })
    .optional(),
  singleton: z.strictObject({ key: Expression.optional(), mode: z.enum(['skip', 'cancel']) }).optional(),
  timeouts: z.strictObject({ start: duration.optional(), finish: duration.optional() }).optional(),
  priority: z.strictObject({ run: Expression.optional() }).optional(),
  cancel: z
    .array(z.strictObject({ event: Name, if: Expression.optional(), timeout: deadline.optional() }))
    .max(MAX_CANCELLATIONS)
    .optional(),
});

export type FunctionConfig = z.infer<typeof FunctionConfig>;
/** As it is stored: as its app has sent it, durations as text. */
export type StoredFunctionConfig = z.input<typeof FunctionConfig>;
