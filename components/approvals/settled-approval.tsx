'use client';

import { CircleCheck, CircleX, Minus } from 'lucide-react';
import { JsonView } from '@/components/data/json-view';
import { RelativeTime } from '@/components/data/relative-time';
import type { Approval, ApprovalStatus } from '@/lib/contracts/approvals';
import { ApprovalTitle } from './approval-title';

const WORDS: Record<Exclude<ApprovalStatus, 'open'>, string> = {
  answered: 'Answered',
  approved: 'Approved',
  denied: 'Denied',
  expired: 'Nobody decided in time',
  cancelled: 'No longer needed',
};

/** What was decided, by whom, and with which arguments. */
export function SettledApproval({ approval, linked }: { approval: Approval; linked: boolean }) {
  const { kind, status, answer, reason, edited, proposed, decidedByName, decidedAt, agentName, createdAt } = approval;
  return (
    <article className="rounded-md border px-3 py-2">
      <p className="font-medium text-muted-foreground">
        <ApprovalTitle approval={approval} linked={linked} />
      </p>
      {answer !== null && <p className="mt-1 whitespace-pre-wrap break-words">{answer}</p>}
      <p className="mt-1 flex flex-wrap items-center gap-x-2 text-muted-foreground text-xs">
        <StatusIcon status={status} />
        <span className="font-medium text-foreground">
          {status === 'open' ? 'Time is over' : WORDS[status]}
          {edited !== null && ' with other arguments'}
        </span>
        {decidedByName && <span>by {decidedByName}</span>}
        <RelativeTime date={decidedAt ?? createdAt} />
        {linked && kind === 'question' && <span>{agentName}</span>}
      </p>
      {reason && <p className="mt-1 whitespace-pre-wrap break-words">“{reason}”</p>}
      {kind === 'tool' && (
        <details className="mt-1">
          <summary className="focus-ring w-fit cursor-pointer rounded-sm text-muted-foreground text-xs">
            {edited === null ? 'Arguments' : `Proposed, and what ${decidedByName ?? 'a person'} made of it`}
          </summary>
          <div className="grid gap-2 pt-1.5">
            <JsonView value={proposed} label="Copy proposed arguments" />
            {edited !== null && <JsonView value={edited} label="Copy approved arguments" />}
          </div>
        </details>
      )}
    </article>
  );
}

function StatusIcon({ status }: { status: ApprovalStatus }) {
  if (status === 'approved' || status === 'answered') {
    return <CircleCheck className="size-3.5 shrink-0 text-success" aria-hidden />;
  }
  if (status === 'denied') return <CircleX className="size-3.5 shrink-0 text-failed" aria-hidden />;
  return <Minus className="size-3.5 shrink-0" strokeWidth={3} aria-hidden />;
}
