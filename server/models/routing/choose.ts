import { modelsOf, type RoutingDecision, routeOf, type SpecModel } from '@/lib/contracts/routing';
import type { ModelSpanInput } from '@/lib/contracts/runs';
import type { TenantContext } from '../../context';
import { PreconditionFailed } from '../../errors';
import { type Circuit, type ModelFacts, priceIn, qualityIn } from '../facts';
import { openResolved } from '../open';
import type { ResolvedModel } from '../resolved';
import { estimateTokens } from '../usage';
import { claimProbe } from './circuits';
import { complexityOf } from './complexity';
import { rankModels } from './rank';
import { speedsOf } from './speeds';

/** An answer of usual length, where the agent sets no limit. */
const USUAL_ANSWER_TOKENS = 500;
const PATIENCE_SECONDS = 30;

/** A model that was tried for this step already. */
export interface Tried {
  model: string;
  because: string;
}

export interface ChosenModel {
  resolved: ResolvedModel;
  /** Where there was something to choose. */
  routing: RoutingDecision | undefined;
  /** How many models the route has. */
  of: number;
  /** Others may be asked when this one fails. */
  hasNext: boolean;
  /** How long it may say nothing; as long as usual where nobody else is there to ask. */
  patienceMs: number | undefined;
  /** Its circuit has failures to forget when it works. */
  isTroubled: boolean;
}

/**
 * The next model of a route to ask, in the transaction that is open.
 * @param facts what `selectFacts` finds there
 * @param tried those that failed for this step, in this attempt at it
 * @returns undefined when nobody is left
 * @throws Invalid for a model that does not exist, PreconditionFailed when none of those left has a key.
 */
export async function chooseModel(
  ctx: TenantContext,
  model: SpecModel,
  call: { input: Pick<ModelSpanInput, 'messages' | 'tools'>; maxOutputTokens?: number },
  facts: ModelFacts,
  tried: readonly Tried[] = [],
): Promise<ChosenModel | undefined> {
  const route = routeOf(model);
  const names = modelsOf(model);
  const order = await orderOf(ctx, route, facts, call);
  const left = order.filter(({ model: name }) => !tried.some((one) => one.model === name));
  const skipped: RoutingDecision['skipped'] = tried.map(({ model: name, because }) => ({
    model: name,
    reason: 'failed',
    detail: because,
  }));
  let missing: unknown;
  let lastResort: Open | undefined;
  const choose = (
    { resolved, circuit, detail }: Open,
    reason: RoutingDecision['reason'],
    hasNext: boolean,
  ): ChosenModel => ({
    resolved,
    routing: names.length > 1 ? { policy: route.policy, reason, detail, skipped } : undefined,
    of: names.length,
    hasNext,
    patienceMs: hasNext ? (route.patienceSeconds ?? PATIENCE_SECONDS) * 1_000 : undefined,
    isTroubled: circuit !== undefined,
  });
  const found = left.map((candidate) => openCandidate(ctx.org.id, candidate, facts));
  for (const [index, open] of found.entries()) {
    if ('missing' in open) {
      if (names.length === 1) throw open.missing;
      missing ??= open.missing;
      skipped.push({ model: open.model, reason: 'no_key', detail: open.missing.message });
      continue;
    }
    const { resolved, circuit } = open;
    const hasNext = found.slice(index + 1).some((one) => 'resolved' in one && one.circuit?.state !== 'open');
    const isFirst = tried.length === 0 && route.models.includes(resolved.model);
    if (!circuit || circuit.state === 'closed') return choose(open, isFirst ? 'policy' : 'fallback', hasNext);
    if (circuit.state === 'half-open' && (await claimProbe(ctx, resolved))) return choose(open, 'probe', hasNext);
    lastResort ??= open;
    skipped.push({ model: resolved.model, reason: 'circuit_open', detail: circuit.lastError ?? 'failed lately' });
  }
  if (tried.length > 0) return undefined;
  // A circuit keeps calls away from a provider only where somebody else can be asked.
  if (lastResort) return choose(lastResort, 'last_resort', false);
  throw missing;
}

interface Open {
  resolved: ResolvedModel;
  circuit: Circuit | undefined;
  detail: string;
}

/** A candidate ready to be called, or why it cannot be. */
function openCandidate(
  orgId: string,
  { model, detail }: { model: string; detail: string },
  facts: ModelFacts,
): Open | { model: string; missing: PreconditionFailed } {
  try {
    const resolved = openResolved(orgId, model, facts);
    return { resolved, circuit: circuitOf(facts, resolved), detail };
  } catch (error) {
    if (error instanceof PreconditionFailed) return { model, missing: error };
    throw error;
  }
}

const circuitOf = ({ circuits }: ModelFacts, { provider, source }: Pick<ResolvedModel, 'provider' | 'source'>) =>
  circuits.find(
    (one) => one.provider === provider && one.source === source && (one.failures > 0 || one.state !== 'closed'),
  );

/** The models of the policy in its order, and behind them the fallback in its own. */
async function orderOf(
  ctx: TenantContext,
  route: ReturnType<typeof routeOf>,
  facts: ModelFacts,
  { input, maxOutputTokens }: Parameters<typeof chooseModel>[2],
) {
  const fallback = route.fallback.map((model, index) => ({ model, detail: `fallback ${index + 1}` }));
  if (route.models.length === 1) {
    return [...rankModels({ policy: 'fixed' }, route.models.map(unknownOf), NO_CALL), ...fallback];
  }
  const needsSpeeds = route.policy === 'fastest' || route.policy === 'balanced';
  const speeds = needsSpeeds ? await speedsOf(ctx, route.models) : undefined;
  const candidates = route.models.map((model) => ({
    model,
    price: priceIn(facts, model),
    quality: qualityIn(facts, model),
    speed: speeds?.get(model),
  }));
  const expected = {
    inputTokens: estimateTokens(JSON.stringify(input.messages).length + JSON.stringify(input.tools).length),
    outputTokens: Math.min(maxOutputTokens ?? USUAL_ANSWER_TOKENS, USUAL_ANSWER_TOKENS),
    complexity: () => complexityOf(input),
  };
  return [...rankModels(route, candidates, expected), ...fallback];
}

const unknownOf = (model: string) => ({ model, price: null, quality: 0, speed: undefined });
const NO_CALL = { inputTokens: 0, outputTokens: 0, complexity: () => ({ points: 0, parts: '' }) };
