'use client';

import { Hand } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Answer } from '@/components/run/answer';
import { StatusIcon } from '@/components/run/status';
import { Button } from '@/components/ui/button';
import type { AnswerProblem, VisitorTurn } from '@/lib/contracts/public-links';
import { useAnswer } from './use-answer';
import { isOver } from './visit-api';

const PROBLEMS: Record<AnswerProblem, string> = {
  refused: 'This cannot be answered here. Say it in other words, or ask for something else.',
  exhausted: 'This page has answered as much as it may for now. Come back later.',
  broken: 'Something went wrong, and there is no answer.',
};

interface Props {
  token: string;
  turn: VisitorTurn;
  organization: string;
  onEnd: (runId: string) => void;
  /** Undefined while another answer is under way. */
  onAgain: ((input: string) => void) | undefined;
}

/** What was asked, and what came of it. */
export function Turn({ token, turn, organization, onEnd, onAgain }: Props) {
  const { status, problem, text, line } = useAnswer(token, turn);
  const ended = isOver(status) || line === 'closed';
  const tellEnd = useRef(onEnd);
  tellEnd.current = onEnd;
  useEffect(() => {
    if (ended) tellEnd.current(turn.runId);
  }, [ended, turn.runId]);
  return (
    <article className="grid gap-3" aria-label={turn.input.slice(0, 80)}>
      <p className="max-w-[85%] justify-self-end whitespace-pre-wrap break-words rounded-lg bg-tint px-3 py-2 text-base">
        {turn.input}
      </p>
      <div className="grid min-w-0 gap-2 text-base">
        {text && <Answer text={text} />}
        {status === 'working' && line !== 'closed' && (!text || line === 'down') && (
          <p className="flex items-center gap-2 text-muted-foreground">
            <StatusIcon status="running" />
            {line === 'down' ? 'The line is down; trying again. The answer goes on.' : 'Working…'}
          </p>
        )}
        {status === 'waiting' && (
          <p className="flex items-start gap-2 rounded-md bg-waiting-tint px-3 py-2 text-waiting">
            <Hand className="mt-0.5 size-4 shrink-0" aria-hidden />
            It waits for a person at {organization}. You may close this page and come back to it.
          </p>
        )}
        {problem && (
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md bg-failed-tint px-3 py-2 text-failed">
            <span>{PROBLEMS[problem]}</span>
            {problem === 'broken' && onAgain && (
              <Button variant="outline" size="sm" onClick={() => onAgain(turn.input)}>
                Try again
              </Button>
            )}
          </p>
        )}
        {status === 'stopped' && (
          <p className="flex items-center gap-2 text-muted-foreground">
            <StatusIcon status="cancelled" /> Stopped
          </p>
        )}
        {line === 'closed' && !isOver(status) && (
          <p className="text-failed">This page is closed. Ask whoever gave you its address.</p>
        )}
      </div>
    </article>
  );
}
