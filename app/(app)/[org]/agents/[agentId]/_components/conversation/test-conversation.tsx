'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { type Ref, useImperativeHandle, useRef, useState } from 'react';
import { Composer } from '@/components/conversation/composer';
import { StarterPrompts } from '@/components/conversation/starter-prompts';
import { useStickToEnd } from '@/components/conversation/use-stick-to-end';
import { apiErrorOf } from '@/components/feedback/api-error';
import { useOrg } from '@/components/frame/org-context';
import { useUrlParams } from '@/components/frame/url-params';
import { Button } from '@/components/ui/button';
import type { Agent, AgentSpec } from '@/lib/contracts/agents';
import { isEnded } from '@/lib/contracts/runs';
import { useTRPC } from '@/lib/trpc/client';
import type { Sent } from './sent';
import { Turn } from './turn';

export interface ConversationHandle {
  /** Sends what is written, or the last message again in a new conversation. */
  runAgain: () => void;
}

/** A conversation with the draft; its id is in the address, so that it is there after a reload. */
export function TestConversation({
  agent,
  spec,
  beforeSend,
  ref,
}: {
  agent: Agent;
  spec: AgentSpec;
  beforeSend: () => Promise<boolean>;
  ref: Ref<ConversationHandle>;
}) {
  const { slug, can } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [params, setParams] = useUrlParams();
  const conversationId = params.get('conversation');
  const [sent, setSent] = useState<Sent[]>([]);
  const [text, setText] = useState('');
  const [variables, setVariables] = useState<Record<string, string>>({});
  const [unsaved, setUnsaved] = useState(false);

  // What was said before this page was opened.
  const restored = useQuery(
    trpc.runs.list.queryOptions(
      { org: slug, agentId: agent.id, conversationId: conversationId ?? undefined, limit: 100 },
      { enabled: conversationId !== null && sent.length === 0, staleTime: Number.POSITIVE_INFINITY },
    ),
  );
  const earlier: Sent[] = conversationId ? (restored.data?.items.toReversed() ?? []) : [];
  const turns = [...earlier, ...sent.filter((run) => !earlier.some(({ id }) => id === run.id))].filter(
    (run) => !conversationId || run.conversationId === conversationId,
  );
  const [endedIds, setEndedIds] = useState<string[]>([]);
  const last = turns.at(-1);
  const isBusy = last !== undefined && !isEnded(last.status) && !endedIds.includes(last.id);

  const start = useMutation(
    trpc.runs.start.mutationOptions({
      onSuccess: (run, { input }) => {
        setSent((before) => [...before, { ...run, input }]);
        setParams({ conversation: run.conversationId, test: null });
      },
    }),
  );
  const cancel = useMutation(trpc.runs.cancel.mutationOptions());

  const send = async (input: string, fresh = false) => {
    if (!input.trim() || isBusy || start.isPending) return;
    setUnsaved(false);
    if (!(await beforeSend())) {
      setUnsaved(true);
      return;
    }
    const declared = Object.entries(variables).filter(([name]) => spec.variables.some((one) => one.name === name));
    start.mutate(
      {
        org: slug,
        agentId: agent.id,
        input,
        version: 'draft',
        variables: Object.fromEntries(declared.filter(([, value]) => value !== '')),
        conversationId: fresh ? undefined : (conversationId ?? undefined),
      },
      { onSuccess: () => setText('') },
    );
  };
  const reset = () => {
    setSent([]);
    start.reset();
    setParams({ conversation: null });
    composer.current?.focus();
  };

  const composer = useRef<HTMLTextAreaElement>(null);
  const repeat = async (run: Sent) => {
    const input =
      run.input ?? (await queryClient.fetchQuery(trpc.runs.get.queryOptions({ org: slug, runId: run.id }))).input;
    await send(input, true);
  };
  useImperativeHandle(ref, () => ({
    runAgain: () => {
      if (text.trim()) void send(text);
      else if (last) void repeat(last);
      else composer.current?.focus();
    },
  }));
  const { input = [], output = [] } = spec.guardrails ?? {};
  const isGuarded = input.length + output.length > 0;
  const scroller = useStickToEnd();
  const mayRun = can('runs:start') && agent.status !== 'archived';
  const failure = start.isError ? apiErrorOf(start.error).message : null;

  return (
    <div className="flex min-h-0 flex-1 flex-col bg-sidebar">
      <div className="flex h-10 shrink-0 items-center justify-between gap-2 px-4">
        <p className="text-muted-foreground text-xs">
          <span className="font-medium text-foreground">Test</span> · runs the draft
        </p>
        {turns.length > 0 && (
          <Button variant="ghost" size="sm" onClick={reset}>
            <RotateCcw /> New conversation
          </Button>
        )}
      </div>
      <div
        ref={scroller}
        role="log"
        aria-label="Test conversation"
        aria-busy={isBusy}
        className="scroll-thin min-h-0 flex-1 overflow-y-auto px-4 pb-4"
      >
        <div className="mx-auto grid max-w-2xl gap-6 pt-2">
          {turns.map((run) => (
            <Turn
              key={run.id}
              run={run}
              isGuarded={isGuarded}
              onEnd={(id) => setEndedIds((before) => [...before, id])}
            />
          ))}
          {turns.length === 0 && (
            <Beginning
              prompts={mayRun ? spec.starterPrompts.filter(Boolean) : []}
              hint={
                mayRun
                  ? 'Say something to the draft. Each message is a run you can look into afterwards.'
                  : agent.status === 'archived'
                    ? 'This agent is archived. Restore it to run it.'
                    : 'Your role reads agents and does not run them.'
              }
              onPick={(prompt) => void send(prompt)}
            />
          )}
        </div>
      </div>
      <Composer
        ref={composer}
        placeholder="Message the draft"
        sendsOn="modified enter"
        text={text}
        onText={setText}
        onSend={() => void send(text)}
        onStop={() => last && cancel.mutate({ org: slug, runId: last.id })}
        isBusy={isBusy}
        disabled={!mayRun}
        autoFocus={params.has('test')}
        variables={spec.variables}
        values={variables}
        onValues={setVariables}
        error={unsaved ? 'The draft could not be saved, so it was not run. Fix what is marked first.' : failure}
      />
    </div>
  );
}

function Beginning({ prompts, hint, onPick }: { prompts: string[]; hint: string; onPick: (prompt: string) => void }) {
  return (
    <div className="grid gap-3 pt-[8vh]">
      <p className="text-base text-muted-foreground">{hint}</p>
      <StarterPrompts prompts={prompts} onPick={onPick} />
    </div>
  );
}
