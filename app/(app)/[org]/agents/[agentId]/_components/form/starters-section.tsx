'use client';

import { Plus, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { Section } from './section';
import type { SectionProps } from './section-props';

const MOST = 6;

export function StartersSection({ spec, editSpec, problems, readonly }: SectionProps) {
  const { starterPrompts: prompts } = spec;
  // A prompt being typed is told apart by its place alone.
  const rows = prompts.map((prompt, index) => ({ prompt, index }));
  const set = (starterPrompts: string[]) => editSpec({ starterPrompts });
  return (
    <Section
      id="starters"
      title="Starter prompts"
      help="Offered at the beginning of a conversation."
      aside={
        !readonly &&
        prompts.length < MOST && (
          <Button variant="ghost" size="sm" onClick={() => set([...prompts, ''])}>
            <Plus /> Add
          </Button>
        )
      }
    >
      {prompts.length === 0 && <p className="text-muted-foreground text-xs">None.</p>}
      <ul className="grid gap-2">
        {rows.map(({ prompt, index }) => (
          <li key={index} className="flex gap-2">
            <div className="min-w-0 flex-1">
              <Input
                aria-label={`Starter prompt ${index + 1}`}
                value={prompt}
                readOnly={readonly}
                aria-invalid={problems[`spec.starterPrompts.${index}`] ? true : undefined}
                onChange={(event) => set(prompts.with(index, event.target.value))}
                className="text-sm"
              />
              {problems[`spec.starterPrompts.${index}`] && (
                <p className="pt-1 text-destructive text-xs">{problems[`spec.starterPrompts.${index}`]}</p>
              )}
            </div>
            {!readonly && (
              <Button
                variant="ghost"
                size="icon"
                aria-label={`Remove starter prompt ${index + 1}`}
                onClick={() => set(prompts.filter((_, at) => at !== index))}
              >
                <X className="text-muted-foreground" />
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
