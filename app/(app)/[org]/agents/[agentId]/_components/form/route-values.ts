import type { ModelRoute, RoutingPolicy, SpecModel } from '@/lib/contracts/routing';

export type Route = ModelRoute;

const MOST_FALLBACKS = 4;

/** A route with nothing in it but one model is that model. */
export function simplest(route: Route): SpecModel {
  const { policy, models, fallback, patienceSeconds } = route;
  const [only] = models;
  if (policy === 'fixed' && fallback.length === 0 && only !== undefined) return only;
  return { policy, models, fallback, ...(patienceSeconds !== undefined && { patienceSeconds }) };
}

/** No model is lost: of several, a fixed route keeps the first and asks the others when it fails. */
export function withPolicy(route: Route, policy: RoutingPolicy): Route {
  if (policy !== 'fixed') return { ...route, policy };
  const [first, ...others] = route.models;
  return {
    ...route,
    policy,
    models: first === undefined ? [] : [first],
    fallback: [...others, ...route.fallback].slice(0, MOST_FALLBACKS),
  };
}

/** The list with the one at `from` moved to `to`. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

/** What these say is for tests: they do whatever a text tells them. */
const FOR_TESTS = ['sandbox/obedient', 'sandbox/scripted'];

const providerOf = (model: string): string => model.slice(0, model.indexOf('/'));

/**
 * A model that is not in the route yet: of a provider that has none there if it can be, the sandbox only where there is no
 * other, and one for tests never.
 */
export function nextModel(models: readonly string[], taken: readonly string[]): string | undefined {
  const free = models.filter((model) => !taken.includes(model) && !FOR_TESTS.includes(model));
  const real = free.filter((model) => providerOf(model) !== 'sandbox');
  const asked = taken.map(providerOf);
  return real.find((model) => !asked.includes(providerOf(model))) ?? real[0] ?? free[0];
}
