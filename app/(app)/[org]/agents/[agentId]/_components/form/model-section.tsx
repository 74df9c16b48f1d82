'use client';

import { Field } from '@/components/ui/field';
import { NumberInput } from '@/components/ui/number-input';
import type { ModelParameters } from '@/lib/contracts/models';
import { RouteEditor } from './route-editor';
import { Section } from './section';
import type { SectionProps } from './section-props';

export function ModelSection({ spec, editSpec, problems, readonly }: SectionProps) {
  const set = (patch: Partial<ModelParameters>) => editSpec({ parameters: { ...spec.parameters, ...patch } });
  return (
    <Section id="model" title="Model">
      <RouteEditor
        value={spec.model}
        problems={problems}
        readonly={readonly}
        onChange={(model) => editSpec({ model })}
      />
      <div className="grid gap-3 pt-4 sm:grid-cols-3">
        <Field label="Temperature" error={problems['spec.parameters.temperature']} help="0 to 2. Lower repeats itself.">
          {(control) => (
            <NumberInput
              {...control}
              value={spec.parameters.temperature}
              step={0.1}
              placeholder="Default"
              readOnly={readonly}
              onValue={(temperature) => set({ temperature })}
            />
          )}
        </Field>
        <Field label="Top P" error={problems['spec.parameters.topP']} help="0 to 1. Change one of the two.">
          {(control) => (
            <NumberInput
              {...control}
              value={spec.parameters.topP}
              step={0.05}
              placeholder="Default"
              readOnly={readonly}
              onValue={(topP) => set({ topP })}
            />
          )}
        </Field>
        <Field label="Longest answer" error={problems['spec.parameters.maxOutputTokens']} help="Tokens per model call.">
          {(control) => (
            <NumberInput
              {...control}
              value={spec.parameters.maxOutputTokens}
              step={256}
              placeholder="Default"
              readOnly={readonly}
              onValue={(maxOutputTokens) => set({ maxOutputTokens })}
            />
          )}
        </Field>
      </div>
    </Section>
  );
}
