'use client';

import { ArrowDown, ArrowUp, X } from 'lucide-react';
import { useId } from 'react';
import { Button } from '@/components/ui/button';
import { AddModel } from './add-model';
import { ModelPicker } from './model-picker';
import { moved } from './route-values';

/** Models in an order that counts: each can be exchanged, moved and taken out, by the keyboard too. */
export function ModelChain({
  name,
  path,
  models,
  taken,
  least,
  most,
  problems,
  readonly,
  isQuiet = false,
  onChange,
}: {
  name: string;
  /** Where in the route they are, for what is wrong with them. */
  path: 'models' | 'fallback';
  models: string[];
  /** All of the route: no model is asked twice. */
  taken: string[];
  least: number;
  most: number;
  problems: Record<string, string>;
  readonly: boolean;
  /** Another chain says already that there are no other models. */
  isQuiet?: boolean;
  onChange: (models: string[]) => void;
}) {
  const heading = useId();
  const problem = problems[`spec.model.${path}`];
  return (
    <div className="grid gap-2">
      <p id={heading} className="font-medium text-xs">
        {name}
      </p>
      <ol aria-labelledby={heading} className="grid gap-2">
        {models.map((model, index) => (
          <li key={model} className="flex items-start gap-1">
            <span className="w-5 pt-3.5 text-muted-foreground text-xs tabular-nums">{index + 1}</span>
            <div className="min-w-0 flex-1">
              <ModelPicker
                value={model}
                readonly={readonly}
                problem={problems[`spec.model.${path}.${index}`]}
                onChange={(next) => onChange(models.with(index, next))}
              />
            </div>
            {!readonly && (
              <div className="flex pt-1.5">
                <Act
                  label={`Move ${model} up`}
                  disabled={index === 0}
                  onClick={() => onChange(moved(models, index, index - 1))}
                >
                  <ArrowUp />
                </Act>
                <Act
                  label={`Move ${model} down`}
                  disabled={index === models.length - 1}
                  onClick={() => onChange(moved(models, index, index + 1))}
                >
                  <ArrowDown />
                </Act>
                <Act
                  label={`Remove ${model}`}
                  disabled={models.length <= least}
                  onClick={() => onChange(models.toSpliced(index, 1))}
                >
                  <X />
                </Act>
              </div>
            )}
          </li>
        ))}
      </ol>
      {problem && <p className="text-destructive text-xs">{problem}</p>}
      {!readonly && models.length < most && (
        <AddModel
          label="Add a model"
          taken={taken}
          isQuiet={isQuiet}
          className="ml-6"
          onAdd={(model) => onChange([...models, model])}
        />
      )}
    </div>
  );
}

function Act({
  label,
  ...props
}: {
  label: string;
  disabled: boolean;
  onClick: () => void;
  children: React.ReactNode;
}) {
  return <Button variant="ghost" size="icon" aria-label={label} title={label} {...props} />;
}
