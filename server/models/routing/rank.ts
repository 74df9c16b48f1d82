import type { ModelPrice } from '@/lib/contracts/models';
import { type ModelRoute, POLICY_LABELS } from '@/lib/contracts/routing';
import { formatCost, formatDuration } from '@/lib/format';
import { costMicros } from '@/lib/prices';
import type { Complexity } from './complexity';

/** As observed in the last hour. */
export interface Speed {
  /** Median to the first piece, in milliseconds. */
  firstTokenMs: number;
  tokensPerSecond: number;
}

/** What is known of a model that may be asked. */
export interface Candidate {
  model: string;
  price: ModelPrice | null;
  /** 0 to 100. */
  quality: number;
  /** undefined: not used in the last hour. */
  speed: Speed | undefined;
}

/** The call as it is expected to be. */
export interface ExpectedCall {
  inputTokens: number;
  outputTokens: number;
  complexity(): Complexity;
}

export interface Ranked {
  model: string;
  /** What decided, in words. */
  detail: string;
}

/** The models of a route in the order in which they are asked. Pure: everything it needs to know is given. */
export function rankModels(
  { policy }: Pick<ModelRoute, 'policy'>,
  candidates: Candidate[],
  call: ExpectedCall,
): Ranked[] {
  switch (policy) {
    case 'fixed':
      return candidates.map(({ model }) => ({ model, detail: POLICY_LABELS.fixed }));
    case 'cheapest':
      return byLeast(
        candidates,
        (one) => costOf(one, call),
        Number.POSITIVE_INFINITY,
        (cost) => (Number.isFinite(cost) ? `${formatCost(cost)} expected` : 'price unknown'),
      );
    case 'fastest':
      // What was not measured goes first: else it never would be.
      return byLeast(
        candidates,
        (one) => durationOf(one, call),
        0,
        (ms) => (ms === 0 ? 'not measured in the last hour' : `${formatDuration(ms)} expected`),
      );
    case 'best':
      return byLeast(
        candidates,
        ({ quality }) => -quality,
        0,
        (quality) => `quality ${-quality}`,
      );
    case 'balanced':
      return balance(candidates, call);
    case 'by_complexity':
      return byTier(candidates, call.complexity());
  }
}

function byLeast(
  candidates: Candidate[],
  measure: (one: Candidate) => number | undefined,
  unknown: number,
  words: (value: number) => string,
): Ranked[] {
  return candidates
    .map((one) => ({ model: one.model, value: measure(one) ?? unknown }))
    .sort((a, b) => (a.value === b.value ? 0 : a.value - b.value))
    .map(({ model, value }) => ({ model, detail: words(value) }));
}

const costOf = ({ price }: Candidate, { inputTokens, outputTokens }: ExpectedCall): number | undefined =>
  price ? costMicros(price, { inputTokens, cachedTokens: 0, outputTokens }) : undefined;

const durationOf = ({ speed }: Candidate, { outputTokens }: ExpectedCall): number | undefined =>
  speed && Math.max(1, speed.firstTokenMs + (outputTokens / Math.max(speed.tokensPerSecond, 0.1)) * 1_000);

/** Shares of what a balanced choice looks at; cost and time count by how near they come to the best of the candidates. */
const SHARES = { quality: 0.4, cost: 0.3, speed: 0.3 };
/** For what is not known. */
const HALF = 0.5;

function balance(candidates: Candidate[], call: ExpectedCall): Ranked[] {
  const costs = candidates.map((one) => costOf(one, call));
  const durations = candidates.map((one) => durationOf(one, call));
  const near = (values: (number | undefined)[], value: number | undefined): number => {
    const best = Math.min(...values.filter((known) => known !== undefined));
    return value === undefined ? HALF : value === 0 ? 1 : best / value;
  };
  return candidates
    .map(({ model, quality }, index) => {
      const parts = {
        quality: quality / 100,
        cost: near(costs, costs[index]),
        speed: near(durations, durations[index]),
      };
      const score = SHARES.quality * parts.quality + SHARES.cost * parts.cost + SHARES.speed * parts.speed;
      const told = Object.entries(parts).map(([name, part]) => `${name} ${part.toFixed(2)}`);
      return { model, score, detail: `score ${score.toFixed(2)}: ${told.join(', ')}` };
    })
    .sort((a, b) => b.score - a.score)
    .map(({ model, detail }) => ({ model, detail }));
}

/** The simplest that is good enough; then those above it, then those below. */
function byTier(candidates: Candidate[], { points, parts }: Complexity): Ranked[] {
  const tier = Math.min(candidates.length - 1, Math.floor((points / 100) * candidates.length));
  const detail = `complexity ${points} of 100 (${parts}): tier ${tier + 1} of ${candidates.length}`;
  return [...candidates.slice(tier), ...candidates.slice(0, tier).reverse()].map(({ model }) => ({ model, detail }));
}
