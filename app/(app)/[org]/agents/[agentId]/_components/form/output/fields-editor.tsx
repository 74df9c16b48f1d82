'use client';

import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Input } from '@/components/ui/input';
import { Label } from '@/components/ui/label';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import type { CheckableSchema } from '@/lib/contracts/json-schema';
import { FIELD_TYPES, type FieldType, isSame, problemOf, type SchemaField, schemaOf } from './schema-fields';

/** The fields of the answer, one line each. What is not finished stays here and is not saved. */
export function FieldsEditor({
  fields: saved,
  readonly,
  onSchema,
}: {
  fields: SchemaField[];
  readonly: boolean;
  onSchema: (schema: CheckableSchema) => void;
}) {
  // Rows stay where they are, also when one is not finished; what somebody else saved takes their place.
  const [mine, setMine] = useState(saved);
  const problem = problemOf(mine);
  const fields = problem || isSame(mine, saved) ? mine : saved;
  const set = (next: SchemaField[]) => {
    setMine(next);
    if (problemOf(next) === undefined) onSchema(schemaOf(next));
  };
  const change = (at: number, patch: Partial<SchemaField>) =>
    set(fields.map((field, index) => (index === at ? { ...field, ...patch } : field)));
  return (
    <div className="grid gap-2">
      {fields.map((field, at) => {
        const said = field.name || `field ${at + 1}`;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place; its name is being typed
          <div key={at} className="flex flex-wrap items-center gap-2">
            <Input
              aria-label={`Name of ${said}`}
              placeholder="name"
              value={field.name}
              readOnly={readonly}
              spellCheck={false}
              className="w-36 font-mono text-xs"
              onChange={(event) => change(at, { name: event.target.value })}
            />
            <Select
              value={field.type}
              disabled={readonly}
              onValueChange={(type) => change(at, { type: type as FieldType })}
            >
              <SelectTrigger aria-label={`Type of ${said}`} className="w-34">
                <SelectValue />
              </SelectTrigger>
              <SelectContent>
                {Object.entries(FIELD_TYPES).map(([type, label]) => (
                  <SelectItem key={type} value={type}>
                    {label}
                  </SelectItem>
                ))}
              </SelectContent>
            </Select>
            {field.type === 'choice' && (
              <Choices
                key={field.name}
                label={`Choices of ${said}`}
                choices={field.choices}
                readonly={readonly}
                onChoices={(choices) => change(at, { choices })}
              />
            )}
            <Input
              aria-label={`Description of ${said}`}
              placeholder="what it is, for the model"
              value={field.description}
              readOnly={readonly}
              className="min-w-36 flex-1"
              onChange={(event) => change(at, { description: event.target.value })}
            />
            <Label className="flex items-center gap-1.5 font-normal text-muted-foreground text-xs">
              <Checkbox
                aria-label={`${said} is required`}
                checked={field.required}
                disabled={readonly}
                onCheckedChange={(checked) => change(at, { required: checked === true })}
              />
              required
            </Label>
            {!readonly && (
              <Button
                variant="ghost"
                size="icon"
                aria-label={`Remove ${said}`}
                onClick={() => set(fields.filter((_, index) => index !== at))}
              >
                <X className="text-muted-foreground" />
              </Button>
            )}
          </div>
        );
      })}
      {problem && <p className="text-waiting text-xs">{problem} It is saved then.</p>}
      {!readonly && (
        <div>
          <Button
            variant="outline"
            size="sm"
            onClick={() => set([...fields, { name: '', type: 'string', description: '', required: true, choices: [] }])}
          >
            <Plus /> Add a field
          </Button>
        </div>
      )}
    </div>
  );
}

/** Texts apart by commas; what is typed stays as it is until the field is left. */
function Choices({
  label,
  choices,
  readonly,
  onChoices,
}: {
  label: string;
  choices: string[];
  readonly: boolean;
  onChoices: (choices: string[]) => void;
}) {
  const [text, setText] = useState(choices.join(', '));
  return (
    <Input
      aria-label={label}
      placeholder="low, high"
      value={text}
      readOnly={readonly}
      className="min-w-36 flex-1"
      onChange={(event) => {
        setText(event.target.value);
        onChoices([...new Set(event.target.value.split(',').map((one) => one.trim()))].filter(Boolean));
      }}
    />
  );
}
