'use client';

import { Field } from '@/components/ui/field';
import { NumberInput } from '@/components/ui/number-input';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import { modelsOf, POLICY_LABELS, RoutingPolicy, routeOf, type SpecModel } from '@/lib/contracts/routing';
import { AddModel } from './add-model';
import { ModelChain } from './model-chain';
import { ModelPicker } from './model-picker';
import { type Route, simplest, withPolicy } from './route-values';

const MEANS: Record<RoutingPolicy, string> = {
  fixed: 'One model; others only when it fails.',
  cheapest: 'The one whose price for the expected call is lowest.',
  fastest: 'The one that answered soonest in the last hour; one without a call is tried first.',
  best: 'The one that ranks highest in Settings › Providers.',
  balanced: 'Weighs quality (40 %), price (30 %) and speed (30 %).',
  by_complexity: 'Put the simplest first: easy requests go to the top of the list, hard ones to its end.',
};

/** Which model is asked, by which rule, and who is asked when it fails. A plain model stays a plain model. */
export function RouteEditor({
  value,
  problems,
  readonly,
  onChange,
}: {
  value: SpecModel;
  problems: Record<string, string>;
  readonly: boolean;
  onChange: (model: SpecModel) => void;
}) {
  const route = routeOf(value);
  const { policy, models, fallback, patienceSeconds } = route;
  const set = (patch: Partial<Route>) => onChange(simplest({ ...route, ...patch }));
  const problem = problems['spec.model'] ?? problems['spec.model.models'];
  const chain = { taken: modelsOf(value), problems, readonly };
  return (
    <div className="grid gap-4">
      <Field label="Choose" help={MEANS[policy]}>
        {(control) => (
          <Select
            value={policy}
            disabled={readonly}
            onValueChange={(next) => onChange(simplest(withPolicy(route, RoutingPolicy.parse(next))))}
          >
            <SelectTrigger id={control.id} aria-describedby={control['aria-describedby']} className="w-full sm:w-64">
              <SelectValue />
            </SelectTrigger>
            <SelectContent>
              {RoutingPolicy.options.map((option) => (
                <SelectItem key={option} value={option}>
                  {POLICY_LABELS[option]}
                </SelectItem>
              ))}
            </SelectContent>
          </Select>
        )}
      </Field>
      {policy === 'fixed' ? (
        <ModelPicker
          value={models[0] ?? ''}
          readonly={readonly}
          problem={problem ?? problems['spec.model.models.0']}
          onChange={(model) => set({ models: [model] })}
        />
      ) : (
        <ModelChain
          {...chain}
          name="Models"
          path="models"
          models={models}
          least={1}
          most={8}
          onChange={(next) => set({ models: next })}
        />
      )}
      {fallback.length > 0 ? (
        <>
          <ModelChain
            {...chain}
            name="When that fails, ask"
            path="fallback"
            isQuiet={policy !== 'fixed'}
            models={fallback}
            least={0}
            most={4}
            onChange={(next) => set({ fallback: next })}
          />
          <Field
            label="Patience"
            error={problems['spec.model.patienceSeconds']}
            help="Seconds without a word before the next model is asked."
          >
            {(control) => (
              <NumberInput
                {...control}
                value={patienceSeconds}
                step={1}
                placeholder="30"
                readOnly={readonly}
                onValue={(seconds) => set({ patienceSeconds: seconds })}
              />
            )}
          </Field>
        </>
      ) : (
        !readonly && (
          <AddModel
            label="Add a fallback model"
            isQuiet={policy !== 'fixed'}
            taken={chain.taken}
            onAdd={(model) => set({ fallback: [model] })}
          />
        )
      )}
    </div>
  );
}
