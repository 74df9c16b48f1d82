'use client';

import { useState } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import { Textarea } from '@/components/ui/textarea';
import type { HttpAction } from '@/lib/contracts/tools';
import { PairsField } from './pairs-field';

const METHODS: HttpAction['method'][] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

export function HttpFields({
  action,
  fields,
  readonly,
  onAction,
}: {
  action: HttpAction;
  fields: Record<string, string>;
  readonly: boolean;
  onAction: (action: HttpAction) => void;
}) {
  const set = (patch: Partial<HttpAction>) => onAction({ ...action, ...patch });
  // What is typed is not always JSON yet; what was JSON last is kept.
  const [body, setBody] = useState(action.body === null ? '' : JSON.stringify(action.body, null, 2));
  const [isJson, setIsJson] = useState(true);
  const typed = (text: string) => {
    setBody(text);
    try {
      set({ body: text.trim() ? JSON.parse(text) : null });
      setIsJson(true);
    } catch {
      setIsJson(false);
    }
  };
  return (
    <>
      <div className="flex gap-2">
        <Field label="Method">
          {({ id }) => (
            <Select
              value={action.method}
              disabled={readonly}
              onValueChange={(method) =>
                set({ method: method as HttpAction['method'], ...(method === 'GET' && { body: null }) })
              }
            >
              <SelectTrigger id={id} className="w-26">
                <SelectValue />
              </SelectTrigger>
              <SelectContent>
                {METHODS.map((method) => (
                  <SelectItem key={method} value={method}>
                    {method}
                  </SelectItem>
                ))}
              </SelectContent>
            </Select>
          )}
        </Field>
        <Field
          label="Address"
          className="min-w-0 flex-1"
          error={fields['action.url']}
          help="{{name}} is an argument, {{secret.NAME}} a secret; neither in the host."
        >
          {(control) => (
            <Input
              {...control}
              type="url"
              value={action.url}
              spellCheck={false}
              className="font-mono text-xs"
              onChange={(event) => set({ url: event.target.value })}
            />
          )}
        </Field>
      </div>
      <PairsField
        legend="Query"
        what="query parameter"
        pairs={action.query}
        problem={fields['action.query']}
        readonly={readonly}
        onPairs={(query) => set({ query })}
      />
      <PairsField
        legend="Headers"
        what="header"
        pairs={action.headers}
        problem={fields['action.headers']}
        readonly={readonly}
        onPairs={(headers) => set({ headers })}
      />
      {action.method !== 'GET' && (
        <Field
          label="Body"
          error={isJson ? fields['action.body'] : 'This is not JSON yet.'}
          help='JSON, or nothing. A text that is only "{{name}}" becomes the argument itself, number or list.'
        >
          {(control) => (
            <Textarea
              {...control}
              value={body}
              spellCheck={false}
              className="min-h-24 font-mono text-xs"
              onChange={(event) => typed(event.target.value)}
            />
          )}
        </Field>
      )}
    </>
  );
}
