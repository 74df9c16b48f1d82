'use client';

import { useState } from 'react';
import { Input } from '@/components/ui/input';
import { Label } from '@/components/ui/label';
import { Switch } from '@/components/ui/switch';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '@/components/ui/tabs';
import { Section } from '../section';
import type { SectionProps } from '../section-props';
import { FieldsEditor } from './fields-editor';
import { fieldsOf } from './schema-fields';
import { SchemaText } from './schema-text';

const FIRST = {
  type: 'object',
  properties: { answer: { type: 'string' } },
  required: ['answer'],
  additionalProperties: false,
};

/** Whether the agent answers with text or with JSON of a shape, and of which. */
export function OutputSection({ spec, editSpec, problems, readonly }: SectionProps) {
  const { output } = spec;
  const fields = output && fieldsOf(output.schema);
  const [wanted, setWanted] = useState('fields');
  const problem = Object.entries(problems).find(([path]) => path.startsWith('spec.output'))?.[1];
  return (
    <Section
      id="output"
      title="Output"
      help="Text, or JSON of a shape that you say: then programs can read the answer. One that does not fit is corrected twice; after that the run fails."
      aside={
        <Label className="flex items-center gap-2 font-normal text-xs">
          <Switch
            checked={output !== undefined}
            disabled={readonly}
            onCheckedChange={(on) => editSpec({ output: on ? { name: 'answer', schema: FIRST } : undefined })}
          />
          JSON
        </Label>
      }
    >
      {!output && <p className="text-muted-foreground text-xs">Text, in Markdown.</p>}
      {output && (
        <div className="grid gap-3">
          <label className="flex items-center gap-2" htmlFor="output-name">
            <span className="font-medium">What it is</span>
            <Input
              id="output-name"
              value={output.name}
              readOnly={readonly}
              aria-invalid={problems['spec.output.name'] ? true : undefined}
              onChange={(event) => editSpec({ output: { ...output, name: event.target.value } })}
              className="w-48 font-mono text-xs"
            />
          </label>
          <Tabs value={fields ? wanted : 'json'} onValueChange={setWanted}>
            <TabsList>
              <TabsTrigger value="fields" disabled={!fields}>
                Fields
              </TabsTrigger>
              <TabsTrigger value="json">JSON Schema</TabsTrigger>
            </TabsList>
            <TabsContent value="fields" className="pt-3">
              {fields && (
                <FieldsEditor
                  fields={fields}
                  readonly={readonly}
                  onSchema={(schema) => editSpec({ output: { ...output, schema } })}
                />
              )}
            </TabsContent>
            <TabsContent value="json" className="pt-3">
              <SchemaText
                schema={output.schema}
                readonly={readonly}
                onSchema={(schema) => editSpec({ output: { ...output, schema } })}
              />
              {!fields && (
                <p className="pt-1 text-muted-foreground text-xs">This schema says more than fields can show.</p>
              )}
            </TabsContent>
          </Tabs>
          {problem && (
            <p role="alert" className="text-destructive text-xs">
              {problem}
            </p>
          )}
        </div>
      )}
    </Section>
  );
}
