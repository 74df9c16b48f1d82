'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import { SquarePen } from 'lucide-react';
import { useRef, useState } from 'react';
import { Composer } from '@/components/conversation/composer';
import { StarterPrompts } from '@/components/conversation/starter-prompts';
import { useStickToEnd } from '@/components/conversation/use-stick-to-end';
import { useUrlParams } from '@/components/frame/url-params';
import { Button } from '@/components/ui/button';
import type { VisitedAgent, VisitorTurn } from '@/lib/contracts/public-links';
import { MAX_SAID } from '@/lib/contracts/public-links';
import { Earlier } from './earlier';
import { Turn } from './turn';
import { isOver, readConversation, say, stop } from './visit-api';

/** A conversation with an agent for somebody without an account; its id is in the address, so that a reload finds it. */
export function Talk({ token, agent }: { token: string; agent: VisitedAgent }) {
  const [params, setParams] = useUrlParams();
  const conversationId = params.get('c');
  const [sent, setSent] = useState<(VisitorTurn & { conversationId: string })[]>([]);
  const [over, setOver] = useState<string[]>([]);
  const [text, setText] = useState('');
  const [variables, setVariables] = useState<Record<string, string>>({});
  const composer = useRef<HTMLTextAreaElement>(null);
  const scroller = useStickToEnd();

  const before = useQuery({
    queryKey: ['visit', token, conversationId],
    queryFn: () => readConversation(token, conversationId ?? ''),
    enabled: conversationId !== null && !sent.some((turn) => turn.conversationId === conversationId),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const earlier = (conversationId && before.data) || [];
  const added = sent.filter(
    (turn) => turn.conversationId === conversationId && !earlier.some(({ runId }) => runId === turn.runId),
  );
  const turns: VisitorTurn[] = [...earlier, ...added];
  const last = turns.at(-1);
  const isBusy = last !== undefined && !isOver(last.status) && !over.includes(last.runId);

  const asking = useMutation({
    mutationFn: (input: string) => {
      const given = Object.entries(variables).filter(([, value]) => value !== '');
      const known = turns.length > 0 ? (conversationId ?? undefined) : undefined;
      return say(token, { input, variables: Object.fromEntries(given), conversationId: known });
    },
    onSuccess: (said, input) => {
      setSent((all) => [...all, { ...said, input, status: 'working', answer: null, problem: null }]);
      setParams({ c: said.conversationId });
      setText('');
    },
  });
  const stopping = useMutation({ mutationFn: (runId: string) => stop(token, runId) });
  const ask = (input: string) => {
    if (input.trim() && !isBusy && !asking.isPending) asking.mutate(input);
  };
  const open = (id: string | null) => {
    asking.reset();
    setParams({ c: id });
    composer.current?.focus();
  };
  // One that is not there begins anew, whoever's it may be.
  const failure = asking.error ?? stopping.error ?? (turns.length === 0 && conversationId ? before.error : null);

  return (
    <div className="flex h-dvh flex-col bg-background">
      <header className="flex min-h-13 shrink-0 items-center gap-2 border-b px-4 py-2">
        <h1 className="min-w-0 flex-1 truncate font-semibold text-lg">{agent.name}</h1>
        <Earlier token={token} current={turns.length > 0 ? conversationId : null} onOpen={open} />
        {turns.length > 0 && (
          <Button variant="ghost" size="sm" onClick={() => open(null)} aria-label="New conversation">
            <SquarePen /> <span className="max-sm:hidden">New conversation</span>
          </Button>
        )}
      </header>
      <main className="min-h-0 flex-1">
        <div
          ref={scroller}
          role="log"
          aria-label={`Conversation with ${agent.name}`}
          aria-busy={isBusy}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
          tabIndex={0}
          className="scroll-thin h-full overflow-y-auto px-4 pb-6 outline-none"
        >
          <div className="mx-auto grid max-w-2xl gap-6 pt-6">
            {turns.length === 0 && <Beginning agent={agent} onPick={ask} />}
            {turns.map((turn) => (
              <Turn
                key={turn.runId}
                token={token}
                turn={turn}
                organization={agent.organization}
                onEnd={(runId) => setOver((all) => [...all, runId])}
                onAgain={isBusy ? undefined : ask}
              />
            ))}
          </div>
        </div>
      </main>
      <footer>
        <Composer
          ref={composer}
          placeholder={`Message ${agent.name}`}
          sendsOn="enter"
          text={text}
          most={MAX_SAID}
          onText={setText}
          onSend={() => ask(text)}
          onStop={() => last && stopping.mutate(last.runId)}
          isBusy={isBusy}
          disabled={false}
          autoFocus
          variables={agent.variables.map((variable) => ({ ...variable, default: '' }))}
          values={variables}
          onValues={setVariables}
          error={failure?.message ?? null}
        />
        <p className="px-4 pb-3 text-center text-muted-foreground text-xs">
          An AI agent of {agent.organization} answers. It may be wrong, and {agent.organization} can read what is said.
        </p>
      </footer>
    </div>
  );
}

function Beginning({ agent, onPick }: { agent: VisitedAgent; onPick: (prompt: string) => void }) {
  return (
    <div className="grid gap-4 pt-[10vh]">
      {agent.description && <p className="text-base text-muted-foreground">{agent.description}</p>}
      <StarterPrompts prompts={agent.starterPrompts} onPick={onPick} />
    </div>
  );
}
