'use client';

import { Plus, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import type { AgentVariable } from '@/lib/contracts/agent-variables';
import { Section } from './section';
import type { SectionProps } from './section-props';
import { VariableKind } from './variable-kind';

/** Variables the instructions, or partials they include, name but nobody declared. */
const undeclared = (texts: readonly string[], variables: AgentVariable[]): string[] => {
  const used = [...texts.join('\n').matchAll(/\{\{\s*([a-z][a-z0-9_]{0,39})\s*\}\}/g)].map((match) => match[1] ?? '');
  return [...new Set(used)].filter((name) => !variables.some((variable) => variable.name === name));
};

export function VariablesSection({
  spec,
  editSpec,
  problems,
  readonly,
  included,
}: SectionProps & { included: readonly string[] }) {
  const { variables } = spec;
  // A variable being named is told apart by its place alone.
  const rows = variables.map((variable, index) => ({ variable, index }));
  const missing = undeclared([spec.instructions, ...included], variables);
  const set = (index: number, patch: Partial<AgentVariable>) =>
    editSpec({ variables: variables.map((one, at) => (at === index ? { ...one, ...patch } : one)) });
  const add = (...names: string[]) =>
    editSpec({ variables: [...variables, ...names.map((name) => ({ name, description: '', default: '' }))] });

  return (
    <Section
      id="variables"
      title="Variables"
      help="Filled in by whoever starts a run; the default otherwise."
      aside={
        !readonly && (
          <Button variant="ghost" size="sm" onClick={() => add('')} disabled={variables.length >= 50}>
            <Plus /> Add
          </Button>
        )
      }
    >
      {variables.length > 0 && (
        <ul className="grid gap-2">
          {rows.map(({ variable, index }) => {
            const problemOf = (field: keyof AgentVariable) => problems[`spec.variables.${index}.${field}`];
            const problem =
              problemOf('choices') ?? problemOf('name') ?? problemOf('default') ?? problemOf('description');
            return (
              <li key={index}>
                <div className="flex gap-2">
                  <Input
                    aria-label="Name"
                    placeholder="name"
                    value={variable.name}
                    readOnly={readonly}
                    aria-invalid={problemOf('name') ? true : undefined}
                    onChange={(event) => set(index, { name: event.target.value })}
                    className="w-36 font-mono text-xs"
                  />
                  <Input
                    aria-label={`Default of ${variable.name}`}
                    placeholder="Default"
                    value={variable.default}
                    readOnly={readonly}
                    aria-invalid={problemOf('default') ? true : undefined}
                    onChange={(event) => set(index, { default: event.target.value })}
                    className="flex-1 text-sm"
                  />
                  <Input
                    aria-label={`Description of ${variable.name}`}
                    placeholder="What it is"
                    value={variable.description}
                    readOnly={readonly}
                    aria-invalid={problemOf('description') ? true : undefined}
                    onChange={(event) => set(index, { description: event.target.value })}
                    className="flex-1 text-sm max-sm:hidden"
                  />
                  {!readonly && (
                    <Button
                      variant="ghost"
                      size="icon"
                      aria-label={`Remove ${variable.name || 'variable'}`}
                      onClick={() => editSpec({ variables: variables.filter((_, at) => at !== index) })}
                    >
                      <X className="text-muted-foreground" />
                    </Button>
                  )}
                </div>
                {variable.name && (
                  <VariableKind
                    key={variable.name}
                    variable={variable}
                    readonly={readonly}
                    onChange={(patch) => set(index, patch)}
                  />
                )}
                {problem && <p className="pt-1 text-destructive text-xs">{problem}</p>}
              </li>
            );
          })}
        </ul>
      )}
      {missing.length > 0 && !readonly && (
        <p className="mt-2 flex flex-wrap items-center gap-2 text-waiting text-xs">
          Used but not declared: {missing.map((name) => `{{${name}}}`).join(', ')}
          <Button variant="link" size="inline" className="text-xs" onClick={() => add(...missing)}>
            Declare
          </Button>
        </p>
      )}
      {variables.length === 0 && missing.length === 0 && (
        <p className="text-muted-foreground text-xs">None. Write {'{{name}}'} in the instructions to begin one.</p>
      )}
    </Section>
  );
}
