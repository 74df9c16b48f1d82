'use client';

import { useMutation } from '@tanstack/react-query';
import { Hand } from 'lucide-react';
import { useState } from 'react';
import { RelativeTime } from '@/components/data/relative-time';
import { apiErrorOf } from '@/components/feedback/api-error';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import { Textarea } from '@/components/ui/textarea';
import type { Approval } from '@/lib/contracts/runs';
import { useTRPC } from '@/lib/trpc/client';

/** A question the run waits for, with the box to answer it; answered, what was said and by whom. */
export function QuestionCard({ approval }: { approval: Approval }) {
  if (approval.status === 'open') return <OpenQuestion approval={approval} />;
  return (
    <div className="rounded-md border px-3 py-2">
      <p className="text-muted-foreground">{approval.question}</p>
      {approval.status === 'answered' ? (
        <p className="mt-1">
          <span className="font-medium">{approval.answer}</span>{' '}
          <span className="text-muted-foreground text-xs">
            {approval.answeredByName} {approval.answeredAt && <RelativeTime date={approval.answeredAt} />}
          </span>
        </p>
      ) : (
        <p className="mt-1 text-muted-foreground text-xs">
          {approval.status === 'expired' ? 'Nobody answered in time.' : 'No longer needed.'}
        </p>
      )}
    </div>
  );
}

function OpenQuestion({ approval }: { approval: Approval }) {
  const { slug, can } = useOrg();
  const [text, setText] = useState('');
  const answer = useMutation(useTRPC().runs.answer.mutationOptions());
  const send = () =>
    text.trim() && answer.mutate({ org: slug, runId: approval.runId, approvalId: approval.id, answer: text });

  return (
    <form
      aria-label="Question of the agent"
      className="rounded-md border border-waiting/40 bg-waiting-tint px-3 py-2.5"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <p className="flex items-start gap-2">
        <Hand className="mt-0.5 size-4 shrink-0 text-waiting" aria-hidden />
        <span className="whitespace-pre-wrap font-medium text-base">{approval.question}</span>
      </p>
      {can('approvals:answer') ? (
        <>
          <Textarea
            aria-label="Answer"
            placeholder="Your answer"
            value={text}
            maxLength={20_000}
            disabled={answer.isPending || answer.isSuccess}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
              event.preventDefault();
              event.stopPropagation();
              send();
            }}
            className="mt-2 min-h-9"
          />
          <div className="mt-2 flex items-center gap-3">
            <Button type="submit" size="sm" disabled={!text.trim() || answer.isPending || answer.isSuccess}>
              Answer <span className="opacity-80">⌘↵</span>
            </Button>
            <span className="text-muted-foreground text-xs">
              Expires <RelativeTime date={approval.expiresAt} />
            </span>
          </div>
        </>
      ) : (
        <p className="mt-1 pl-6 text-muted-foreground text-xs">Your role does not answer questions.</p>
      )}
      {answer.isError && (
        <p role="alert" className="mt-2 text-failed text-xs">
          {apiErrorOf(answer.error).message}
        </p>
      )}
    </form>
  );
}
