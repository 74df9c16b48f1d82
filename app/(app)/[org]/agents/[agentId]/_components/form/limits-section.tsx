'use client';

import { Field } from '@/components/ui/field';
import { NumberInput } from '@/components/ui/number-input';
import type { AgentLimits } from '@/lib/contracts/agents';
import { Section } from './section';
import type { SectionProps } from './section-props';

export function LimitsSection({ spec, editSpec, problems, readonly }: SectionProps) {
  const { limits } = spec;
  const set = (patch: Partial<AgentLimits>) => editSpec({ limits: { ...limits, ...patch } });
  return (
    <Section id="limits" title="Limits" help="A run that reaches one of them stops and says which.">
      <div className="grid gap-3 sm:grid-cols-3">
        <Field label="Steps" error={problems['spec.limits.maxSteps']} help="Model calls in one run.">
          {(control) => (
            <NumberInput
              {...control}
              value={limits.maxSteps}
              min={1}
              max={200}
              readOnly={readonly}
              onValue={(maxSteps = Number.NaN) => set({ maxSteps })}
            />
          )}
        </Field>
        <Field label="Seconds" error={problems['spec.limits.maxSeconds']} help="At work; waits for people apart.">
          {(control) => (
            <NumberInput
              {...control}
              value={limits.maxSeconds}
              min={1}
              max={86_400}
              readOnly={readonly}
              onValue={(maxSeconds = Number.NaN) => set({ maxSeconds })}
            />
          )}
        </Field>
        <Field label="Dollars" error={problems['spec.limits.maxCostMicros']} help="What one run may cost.">
          {(control) => (
            <NumberInput
              {...control}
              value={limits.maxCostMicros / 1_000_000}
              min={0}
              step={0.01}
              readOnly={readonly}
              onValue={(dollars = Number.NaN) => set({ maxCostMicros: Math.round(dollars * 1_000_000) })}
            />
          )}
        </Field>
      </div>
    </Section>
  );
}
