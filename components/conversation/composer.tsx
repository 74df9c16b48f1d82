'use client';

import { ArrowUp, Braces, Square } from 'lucide-react';
import { type Ref, useState } from 'react';
import { TooLong } from '@/components/feedback/too-long';
import { Button } from '@/components/ui/button';
import { Textarea } from '@/components/ui/textarea';
import type { AgentVariable } from '@/lib/contracts/agent-variables';
import { MAX_INPUT } from '@/lib/contracts/runs';
import { VariableField } from './variable-field';

/** Where a message is written. While the agent answers, the button stops it. */
export function Composer({
  ref,
  placeholder,
  sendsOn,
  text,
  onText,
  onSend,
  onStop,
  isBusy,
  disabled,
  autoFocus,
  variables,
  values,
  onValues,
  error,
  most = MAX_INPUT,
}: {
  ref: Ref<HTMLTextAreaElement>;
  placeholder: string;
  /** Where people try things out, a line break is the more common wish. */
  sendsOn: 'enter' | 'modified enter';
  text: string;
  onText: (text: string) => void;
  onSend: () => void;
  onStop: () => void;
  isBusy: boolean;
  disabled: boolean;
  autoFocus: boolean;
  variables: AgentVariable[];
  values: Record<string, string>;
  onValues: (values: Record<string, string>) => void;
  error: string | null;
  /** Characters of a message. */
  most?: number;
}) {
  const isTooLong = text.length > most;
  const send = () => !isTooLong && onSend();
  const named = variables.filter(({ name }) => name);
  // Without these no message is sent: they are not to be looked for.
  const [showVariables, setShowVariables] = useState(sendsOn === 'enter' && named.some(({ required }) => required));
  return (
    <form
      className="shrink-0 px-4 pb-4"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="mx-auto max-w-2xl">
        <div role="alert">{error && <p className="pb-2 text-destructive">{error}</p>}</div>
        <div className="pb-2 empty:hidden">
          <TooLong length={text.length} most={most} />
        </div>
        <div className="rounded-lg border border-input bg-background has-[textarea:focus-visible]:border-ring">
          {showVariables && (
            <div className="grid gap-2 border-b p-2.5 sm:grid-cols-2">
              {named.map((variable) => (
                <VariableField
                  key={variable.name}
                  variable={variable}
                  value={values[variable.name] ?? ''}
                  onValue={(value) => onValues({ ...values, [variable.name]: value })}
                />
              ))}
            </div>
          )}
          <Textarea
            ref={ref}
            aria-label="Message"
            placeholder={placeholder}
            value={text}
            aria-invalid={isTooLong || undefined}
            disabled={disabled}
            autoFocus={autoFocus}
            onChange={(event) => onText(event.target.value)}
            onKeyDown={(event) => {
              const modified = event.metaKey || event.ctrlKey;
              const plain = sendsOn === 'enter' && !event.shiftKey && !event.nativeEvent.isComposing;
              if (event.key !== 'Enter' || !(modified || plain)) return;
              event.preventDefault();
              send();
            }}
            className="scroll-thin max-h-52 min-h-14 border-0 bg-transparent focus-visible:outline-none"
          />
          <div className="flex items-center gap-1 px-2 pb-2">
            {named.length > 0 && (
              <Button
                variant="ghost"
                size="sm"
                aria-expanded={showVariables}
                onClick={() => setShowVariables(!showVariables)}
                className="text-muted-foreground"
              >
                <Braces /> Variables
              </Button>
            )}
            <span className="ml-auto pr-1 text-2xs text-muted-foreground">
              <span className="max-sm:hidden">{sendsOn === 'enter' ? '⇧↵ begins a line' : '⌘↵ sends'}</span>
            </span>
            {isBusy ? (
              <Button variant="outline" size="icon-sm" aria-label="Stop" onClick={onStop}>
                <Square className="size-3 fill-current" />
              </Button>
            ) : (
              <Button type="submit" size="icon-sm" aria-label="Send" disabled={disabled || isTooLong || !text.trim()}>
                <ArrowUp />
              </Button>
            )}
          </div>
        </div>
      </div>
    </form>
  );
}
