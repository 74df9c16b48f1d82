import { concurrencyOf } from './flow';
import type { StoredFunctionConfig } from './function-config';

/** The flow control of a function in phrases, as an operator reads it. */
export function describeFlow(config: StoredFunctionConfig): string[] {
  const { throttle, rateLimit, debounce, batchEvents, singleton, timeouts, priority, idempotency } = config;
  const per = (key: string | undefined) => (key ? ` per ${key}` : '');
  return [
    ...concurrencyOf(config).map(({ limit, key }) => `at most ${limit} at once${per(key)}`),
    throttle && `${throttle.limit} starts every ${throttle.period}${per(throttle.key)}`,
    rateLimit && `no more than ${rateLimit.limit} every ${rateLimit.period}${per(rateLimit.key)}`,
    debounce && `debounced for ${debounce.period}${per(debounce.key)}`,
    batchEvents && `batches of ${batchEvents.maxSize} or ${batchEvents.timeout}${per(batchEvents.key)}`,
    singleton &&
      `one active run, ${singleton.mode === 'skip' ? 'others skipped' : 'replaced by the next'}${per(singleton.key)}`,
    timeouts?.start && `starts within ${timeouts.start}`,
    timeouts?.finish && `finishes within ${timeouts.finish}`,
    priority?.run && `priority ${priority.run}`,
    idempotency && `once per ${idempotency} in 24 h`,
  ].filter((phrase) => typeof phrase === 'string');
}
