'use client';

import { useRef } from 'react';
import { useDraftPartials } from '@/components/agents/use-draft-partials';
import type { Agent } from '@/lib/contracts/agents';
import type { Draft } from '../draft/use-draft';
import { ConnectorsSection } from './connectors-section';
import { DetailsSection } from './details-section';
import { GuardrailsSection } from './guardrails/guardrails-section';
import { OutsideSection } from './guardrails/outside-section';
import { InstructionsSection } from './instructions-section';
import { LimitsSection } from './limits-section';
import { ModelSection } from './model-section';
import { OutputSection } from './output/output-section';
import { SectionList } from './section-list';
import type { SectionProps } from './section-props';
import { StartersSection } from './starters-section';
import { ToolsSection } from './tools-section';
import { VariablesSection } from './variables-section';

/** The whole spec as one scrolling form. */
export function AgentForm({ agent, draft, onRun }: { agent: Agent; draft: Draft; onRun: () => void }) {
  const scroller = useRef<HTMLDivElement>(null);
  const partials = useDraftPartials(agent.id, draft.values.spec).data;
  const section: SectionProps = {
    agent,
    spec: draft.values.spec,
    editSpec: (patch) => draft.edit((now) => ({ ...now, spec: { ...now.spec, ...patch } })),
    problems: draft.problems,
    readonly: draft.phase === 'readonly',
  };
  return (
    <div ref={scroller} className="scroll-thin relative min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex max-w-4xl gap-6 px-4 sm:px-6">
        <SectionList scroller={scroller} />
        <div className="min-w-0 flex-1 pt-5">
          <InstructionsSection {...section} onRun={onRun} />
          <VariablesSection {...section} included={Object.values(partials ?? {})} />
          <ModelSection {...section} />
          <ToolsSection {...section} />
          <ConnectorsSection {...section} />
          <OutputSection {...section} />
          <LimitsSection {...section} />
          <GuardrailsSection {...section} />
          <OutsideSection {...section} />
          <StartersSection {...section} />
          <DetailsSection draft={draft} readonly={section.readonly} />
        </div>
      </div>
    </div>
  );
}
