'use client';

import { useMutation } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import { useState } from 'react';
import { CodeBlock } from '@/components/data/code-block';
import { apiErrorOf } from '@/components/feedback/api-error';
import { useOrg } from '@/components/frame/org-context';
import { Findings } from '@/components/run/findings';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/textarea';
import { type Guard, TryGuardsInput } from '@/lib/contracts/guardrails';
import { useTRPC } from '@/lib/trpc/client';

/** A sample text through the guards as they are on screen, saved or not. */
export function TryGuards({ guards }: { guards: Guard[] }) {
  const { slug } = useOrg();
  const [text, setText] = useState('');
  const attempt = useMutation(useTRPC().guardrails.try.mutationOptions());
  const areValid = TryGuardsInput.shape.guards.safeParse(guards).success;
  const isReady = text !== '' && areValid;
  const tried = attempt.data;
  const run = () => isReady && !attempt.isPending && attempt.mutate({ org: slug, guards, text });
  return (
    <details className="rounded-md border">
      <summary className="focus-ring cursor-pointer rounded-md px-3 py-1.5 text-muted-foreground hover:text-foreground">
        Try it
      </summary>
      <div className="grid gap-2 px-3 pb-3">
        <Field label="Sample text" error={attempt.isError ? apiErrorOf(attempt.error).fields.text : undefined}>
          {(control) => (
            <Textarea
              {...control}
              value={text}
              placeholder="Write to ada@example.com"
              onChange={(event) => {
                setText(event.target.value);
                attempt.reset();
              }}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
                event.preventDefault();
                event.stopPropagation();
                run();
              }}
              className="max-h-60 text-sm"
            />
          )}
        </Field>
        <div>
          <Button variant="outline" size="sm" disabled={!isReady || attempt.isPending} onClick={run}>
            <Play /> {attempt.isPending ? 'Checking' : 'Check'}
          </Button>
          {!areValid && <p className="pt-1.5 text-muted-foreground text-xs">Put right first what is marked above.</p>}
        </div>
        <div aria-live="polite" className="grid min-w-0 gap-2">
          {attempt.isError && <p className="text-destructive">{apiErrorOf(attempt.error).message}</p>}
          {tried && (tried.findings.length > 0 ? <Findings findings={tried.findings} /> : <p>Passes as it is.</p>)}
          {tried && tried.blocked === null && tried.findings.length > 0 && (
            <CodeBlock text={tried.text} label="Copy what is left" />
          )}
        </div>
      </div>
    </details>
  );
}
