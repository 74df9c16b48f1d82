'use client';

import type { Guard } from '@/lib/contracts/guardrails';
import { Section } from '../section';
import type { SectionProps } from '../section-props';
import { GuardList } from './guard-list';

/** Checks on what goes into the agent and what comes out of it. */
export function GuardrailsSection({ spec, editSpec, problems, readonly }: SectionProps) {
  // Drafts of before there were guardrails have none.
  const { input = [], output = [] } = spec.guardrails ?? {};
  const set = (patch: { input?: Guard[]; output?: Guard[] }) => editSpec({ guardrails: { input, output, ...patch } });
  return (
    <Section
      id="guardrails"
      title="Guardrails"
      help="Checks on each text, from the top: each gets what the one before left. Scorers come last."
    >
      <div className="grid gap-5">
        <GuardList
          name="On the way in"
          help="What the agent is asked and its variables, before anything is kept. What tools bring back is not checked here."
          guards={input}
          path="spec.guardrails.input"
          problems={problems}
          readonly={readonly}
          onChange={(guards) => set({ input: guards })}
        />
        <GuardList
          name="On the way out"
          help={
            output.length > 0
              ? 'What the agent answers. It is shown whole, when all of these have passed it, and not word by word.'
              : 'What the agent answers. With a guard here it is shown whole, when it has passed, and not word by word.'
          }
          guards={output}
          path="spec.guardrails.output"
          problems={problems}
          readonly={readonly}
          onChange={(guards) => set({ output: guards })}
        />
      </div>
    </Section>
  );
}
