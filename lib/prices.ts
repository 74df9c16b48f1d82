import type { ModelPrice } from './contracts/models';
import type { Usage } from './contracts/runs';

export function findPrice(_model: string): ModelPrice | undefined {
  return undefined;
}

export function costMicros(price: ModelPrice, usage: Usage): number {
  const uncached = usage.inputTokens - usage.cachedTokens;
  const total = uncached * price.input + usage.cachedTokens * price.cachedInput + usage.outputTokens * price.output;
  return Math.ceil(total / 1_000_000);
}
