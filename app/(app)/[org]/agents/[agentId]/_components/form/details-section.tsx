'use client';

import { useState } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Textarea } from '@/components/ui/textarea';
import type { Draft } from '../draft/use-draft';
import { Section } from './section';

const toTags = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean),
  ),
];

/** What people find the agent by; not part of what is published. */
export function DetailsSection({ draft, readonly }: { draft: Draft; readonly: boolean }) {
  const { values, edit, problems } = draft;
  const [tags, setTags] = useState<string | null>(null);
  return (
    <Section id="details" title="Details">
      <div className="grid gap-4">
        <Field label="Name" error={problems.name}>
          {(control) => (
            <Input
              {...control}
              value={values.name}
              readOnly={readonly}
              onChange={({ target }) => edit((now) => ({ ...now, name: target.value }))}
            />
          )}
        </Field>
        <Field label="Description" error={problems.description}>
          {(control) => (
            <Textarea
              {...control}
              value={values.description}
              readOnly={readonly}
              onChange={({ target }) => edit((now) => ({ ...now, description: target.value }))}
            />
          )}
        </Field>
        <Field
          label="Tags"
          help="Separated by commas."
          error={Object.entries(problems).find(([path]) => path.startsWith('tags'))?.[1]}
        >
          {(control) => (
            <Input
              {...control}
              value={tags ?? values.tags.join(', ')}
              readOnly={readonly}
              onChange={({ target }) => {
                setTags(target.value);
                edit((now) => ({ ...now, tags: toTags(target.value) }));
              }}
              onBlur={() => setTags(null)}
            />
          )}
        </Field>
      </div>
    </Section>
  );
}
