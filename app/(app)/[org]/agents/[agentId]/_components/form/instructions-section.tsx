'use client';

import { useRef } from 'react';
import { IncludedPartials } from '@/components/templates/included-partials';
import { InsertPartial } from '@/components/templates/insert-partial';
import { LazyTemplateEditor } from '@/components/templates/lazy-template-editor';
import type { TemplateHandle } from '@/components/templates/template-editor';
import { usePartials } from '@/components/templates/use-partials';
import type { Agent } from '@/lib/contracts/agents';
import { formatCount } from '@/lib/format';
import { Section } from './section';
import type { SectionProps } from './section-props';

export function InstructionsSection({
  agent,
  spec,
  editSpec,
  problems,
  readonly,
  onRun,
}: SectionProps & { agent: Agent; onRun: () => void }) {
  const editor = useRef<TemplateHandle>(null);
  const partials = usePartials();
  const problem = problems['spec.instructions'];
  return (
    <Section
      id="instructions"
      title="Instructions"
      aside={
        <div className="flex items-center gap-2">
          <span className="text-muted-foreground text-xs tabular-nums">
            {formatCount(spec.instructions.length)} {spec.instructions.length === 1 ? 'character' : 'characters'}
          </span>
          {!readonly && <InsertPartial partials={partials} onInsert={(text) => editor.current?.insert(text)} />}
        </div>
      }
    >
      <LazyTemplateEditor
        label="Instructions"
        hint="You are …"
        value={spec.instructions}
        variables={spec.variables.map(({ name }) => name)}
        partials={partials}
        readonly={readonly}
        invalid={problem !== undefined}
        handle={editor}
        onChange={(instructions) => editSpec({ instructions })}
        onRun={onRun}
      />
      {problem && <p className="pt-1.5 text-destructive text-xs">{problem}</p>}
      <IncludedPartials text={spec.instructions} partials={partials} />
      <Changed agent={agent} />
      <p className="pt-1.5 text-muted-foreground text-xs">
        What the agent is told before everything else. {'{{name}}'} stands for a variable, {'{{> name}}'} for a partial;
        ⌘↵ runs the last test message again.
      </p>
    </Section>
  );
}

/** That a partial has moved on since the agent was published. */
function Changed({ agent: { changedPartials, publishedVersion } }: { agent: Agent }) {
  if (changedPartials.length === 0) return null;
  return (
    <p role="status" className="pt-1.5 text-waiting text-xs">
      Version {publishedVersion} has an older text of <span className="font-mono">{changedPartials.join(', ')}</span>.
      Publish to take the text of now.
    </p>
  );
}
