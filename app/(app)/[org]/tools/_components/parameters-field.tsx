'use client';

import { Plus, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Input } from '@/components/ui/input';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';

import { ToolParameter } from '@/lib/contracts/tools';
import { ParameterRules } from './parameter-rules';

const TYPES: Record<ToolParameter['type'], string> = {
  string: 'Text',
  number: 'Number',
  integer: 'Whole number',
  boolean: 'Yes or no',
  json: 'JSON',
};

/** What the tool takes, one line each. */
export function ParametersField({
  parameters,
  fields,
  readonly,
  onParameters,
}: {
  parameters: ToolParameter[];
  fields: Record<string, string>;
  readonly: boolean;
  onParameters: (parameters: ToolParameter[]) => void;
}) {
  const change = (at: number, patch: Partial<ToolParameter>) =>
    onParameters(parameters.map((parameter, index) => (index === at ? { ...parameter, ...patch } : parameter)));
  return (
    <fieldset className="grid gap-2">
      <legend className="pb-1.5 font-medium">Arguments</legend>
      {parameters.map((parameter, at) => {
        const problem = Object.entries(fields).find(([path]) => path.startsWith(`parameters.${at}.`))?.[1];
        const said = parameter.name || `argument ${at + 1}`;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place; its name is being typed
          <div key={at} className="grid gap-1">
            <div className="flex flex-wrap items-center gap-2">
              <Input
                aria-label={`Name of ${said}`}
                aria-invalid={problem ? true : undefined}
                placeholder="name"
                value={parameter.name}
                spellCheck={false}
                className="w-36 font-mono text-xs"
                onChange={(event) => change(at, { name: event.target.value })}
              />
              <Select
                value={parameter.type}
                disabled={readonly}
                onValueChange={(type) => change(at, { type: type as ToolParameter['type'] })}
              >
                <SelectTrigger aria-label={`Type of ${said}`} className="w-34">
                  <SelectValue />
                </SelectTrigger>
                <SelectContent>
                  {Object.entries(TYPES).map(([type, label]) => (
                    <SelectItem key={type} value={type}>
                      {label}
                    </SelectItem>
                  ))}
                </SelectContent>
              </Select>
              <Input
                aria-label={`Description of ${said}`}
                placeholder="what it is, for the model"
                value={parameter.description}
                className="min-w-40 flex-1"
                onChange={(event) => change(at, { description: event.target.value })}
              />
              {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is inside */}
              <label className="flex items-center gap-1.5 text-muted-foreground text-xs">
                <Checkbox
                  aria-label={`${said} is required`}
                  checked={parameter.required}
                  disabled={readonly}
                  onCheckedChange={(checked) => change(at, { required: checked === true })}
                />
                required
              </label>
              {!readonly && (
                <Button
                  variant="ghost"
                  size="icon"
                  aria-label={`Remove ${said}`}
                  onClick={() => onParameters(parameters.filter((_, index) => index !== at))}
                >
                  <X className="text-muted-foreground" />
                </Button>
              )}
            </div>
            {(parameter.type === 'json' || parameter.type === 'string') && (
              <ParameterRules
                key={parameter.type}
                said={said}
                parameter={parameter}
                readonly={readonly}
                onParameter={(patch) => change(at, patch)}
              />
            )}
            {problem && <p className="text-destructive text-xs">{problem}</p>}
          </div>
        );
      })}
      {!readonly && (
        <div>
          <Button
            variant="outline"
            size="sm"
            onClick={() => onParameters([...parameters, { ...ToolParameter.parse({ name: 'a' }), name: '' }])}
          >
            <Plus /> Add an argument
          </Button>
        </div>
      )}
    </fieldset>
  );
}
