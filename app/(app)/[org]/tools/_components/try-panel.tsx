'use client';

import { useMutation } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { JsonView } from '@/components/data/json-view';
import { apiErrorOf } from '@/components/feedback/api-error';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import type { JsonValue } from '@/lib/contracts/json';
import type { ToolDetail } from '@/lib/contracts/tools';
import { formatDuration } from '@/lib/format';
import { useTRPC } from '@/lib/trpc/client';
import { AgentField } from './agent-field';
import { ArgumentField } from './argument-field';
import { type Argument, argumentsOf } from './arguments';

/** Runs the tool with arguments given by hand. */
export function TryPanel({ tool }: { tool: ToolDetail }) {
  const { slug } = useOrg();
  const [given, setGiven] = useState<Record<string, JsonValue | undefined>>({});
  const [unread, setUnread] = useState<string[]>([]);
  const [agentId, setAgentId] = useState('');
  const attempt = useMutation(useTRPC().tools.try.mutationOptions());
  const taken = argumentsOf(tool.inputSchema);
  const set = ({ name }: Argument, value: JsonValue | undefined, isRead: boolean) => {
    setGiven((now) => ({ ...now, [name]: value }));
    setUnread((now) => [...now.filter((other) => other !== name), ...(isRead ? [] : [name])]);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const input = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    attempt.mutate({ org: slug, name: tool.name, input: input as JsonValue, ...(agentId && { agentId }) });
  };
  return (
    <section aria-label="Try it" className="min-w-0 px-4 pb-10 sm:px-6 lg:border-l">
      <h2 className="pb-3 font-semibold">Try it</h2>
      <form noValidate onSubmit={submit} className="grid gap-3">
        {tool.group === 'data' && <AgentField value={agentId} onAgent={setAgentId} />}
        {taken.map((argument) => (
          <ArgumentField key={argument.name} argument={argument} onValue={(...value) => set(argument, ...value)} />
        ))}
        <div>
          <Button type="submit" disabled={attempt.isPending || unread.length > 0 || tool.disabled !== null}>
            <Play /> {attempt.isPending ? 'Running' : 'Run'}
          </Button>
        </div>
        {tool.disabled && <p className="text-muted-foreground text-xs">{tool.disabled}</p>}
      </form>
      <div aria-live="polite" className="grid gap-2 pt-4">
        {attempt.isError && <p className="text-destructive">{apiErrorOf(attempt.error).message}</p>}
        {attempt.data && (
          <>
            <p className={attempt.data.ok ? 'text-success text-xs' : 'text-destructive text-xs'}>
              {attempt.data.ok ? 'Result' : 'Failed'} · {formatDuration(attempt.data.milliseconds)}
            </p>
            {attempt.data.ok ? (
              <JsonView value={attempt.data.output} label="Copy result" />
            ) : (
              <p className="whitespace-pre-wrap break-words">{attempt.data.error}</p>
            )}
          </>
        )}
      </div>
    </section>
  );
}
