import { z } from 'zod';
import { ModelName } from './models';

export const RoutingPolicy = z.enum(['fixed', 'cheapest', 'fastest', 'best', 'balanced', 'by_complexity']);
export type RoutingPolicy = z.infer<typeof RoutingPolicy>;

/** Which model is asked, and who is asked when it cannot answer (docs/models.md). */
export const ModelRoute = z
  .object({
    policy: RoutingPolicy.default('fixed'),
    models: z
      .array(ModelName)
      .min(1)
      .max(8)
      .describe('Chosen from by the policy; for by_complexity the simplest first'),
    fallback: z.array(ModelName).max(4).default([]).describe('Asked in this order when none of `models` answers'),
    patienceSeconds: z
      .number()
      .int()
      .min(1)
      .max(120)
      .optional()
      .describe('How long a model may say nothing while there is another to ask; 30 when omitted'),
  })
  .superRefine(({ policy, models, fallback }, check) => {
    if (policy === 'fixed' && models.length > 1) {
      check.addIssue({
        code: 'custom',
        path: ['models'],
        message: 'A fixed route has one model; put the others under fallback, or choose another policy.',
      });
    }
    const all = [...models, ...fallback];
    const twice = all.findIndex((model, index) => all.indexOf(model) !== index);
    if (twice === -1) return;
    const path = twice < models.length ? ['models', twice] : ['fallback', twice - models.length];
    check.addIssue({ code: 'custom', path, message: `${all[twice]} is there twice.` });
  });
export type ModelRoute = z.infer<typeof ModelRoute>;

/** `provider/model`, or a route. */
export const SpecModel = z.union([ModelName, ModelRoute], {
  error: 'A model is named provider/model, or is a route: { policy, models: [provider/model, …], fallback: […] }.',
});
export type SpecModel = z.infer<typeof SpecModel>;

export const routeOf = (model: SpecModel): ModelRoute =>
  typeof model === 'string' ? { policy: 'fixed', models: [model], fallback: [] } : model;

/** Every model that may be asked, in the order of the document. */
export const modelsOf = (model: SpecModel): string[] => {
  const { models, fallback } = routeOf(model);
  return [...models, ...fallback];
};

export const POLICY_LABELS: Record<RoutingPolicy, string> = {
  fixed: 'Always this model',
  cheapest: 'Cheapest',
  fastest: 'Fastest',
  best: 'Best',
  balanced: 'Balanced',
  by_complexity: 'By complexity',
};

/** A route on one line, as lists show it. */
export function modelLabel(model: SpecModel): string {
  if (typeof model === 'string') return model;
  const { policy, models, fallback } = model;
  const others = fallback.length > 0 ? ` +${fallback.length}` : '';
  if (models.length === 1) return `${models[0]}${others}`;
  return `${POLICY_LABELS[policy].toLowerCase()} of ${models.length}${others}`;
}

/** Why a model was passed over. */
export const SkipReason = z.enum(['failed', 'circuit_open', 'no_key']);
export type SkipReason = z.infer<typeof SkipReason>;

/** Why an attempt was made with this model and no other; kept with the span of the attempt. */
export const RoutingDecision = z.object({
  policy: RoutingPolicy,
  reason: z
    .enum(['policy', 'fallback', 'probe', 'last_resort'])
    .describe('probe: to see whether a provider is back; last_resort: every circuit is open, and nobody else is there'),
  detail: z.string().describe('What decided, in words'),
  skipped: z.array(z.object({ model: z.string(), reason: SkipReason, detail: z.string() })),
});
export type RoutingDecision = z.infer<typeof RoutingDecision>;
