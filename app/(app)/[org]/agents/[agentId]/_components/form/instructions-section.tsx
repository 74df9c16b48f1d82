'use client';

import dynamic from 'next/dynamic';
import { Skeleton } from '@/components/ui/skeleton';
import { formatCount } from '@/lib/format';
import { Section } from './section';
import type { SectionProps } from './section-props';

const InstructionsEditor = dynamic(() => import('./instructions-editor'), {
  ssr: false,
  loading: () => <Skeleton className="h-64 rounded-md" />,
});

export function InstructionsSection({
  spec,
  editSpec,
  problems,
  readonly,
  onRun,
}: SectionProps & { onRun: () => void }) {
  const problem = problems['spec.instructions'];
  return (
    <Section
      id="instructions"
      title="Instructions"
      aside={
        <span className="text-muted-foreground text-xs tabular-nums">
          {formatCount(spec.instructions.length)} {spec.instructions.length === 1 ? 'character' : 'characters'}
        </span>
      }
    >
      <InstructionsEditor
        value={spec.instructions}
        variables={spec.variables.map(({ name }) => name)}
        readonly={readonly}
        invalid={problem !== undefined}
        onChange={(instructions) => editSpec({ instructions })}
        onRun={onRun}
      />
      {problem && <p className="pt-1.5 text-destructive text-xs">{problem}</p>}
      <p className="pt-1.5 text-muted-foreground text-xs">
        What the agent is told before everything else. {'{{name}}'} stands for a variable; ⌘↵ runs the last test message
        again.
      </p>
    </Section>
  );
}
