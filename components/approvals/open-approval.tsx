'use client';

import { Hand } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { Cost } from '@/components/data/cost';
import { apiErrorOf } from '@/components/feedback/api-error';
import { toolLabel } from '@/components/run/tool-sentence';
import type { Approval, Decision } from '@/lib/contracts/approvals';
import { ApprovalTitle } from './approval-title';
import { Countdown } from './countdown';
import type { Panel } from './decide-props';
import { DecideQuestion } from './decide-question';
import { DecideTool } from './decide-tool';
import { TaintWarning } from './taint-warning';

/** As long as the frame waits for the second key of `g a`. */
const SEQUENCE_MS = 1_200;

/** What is asked, by whom and why, and the ways to decide it. With the focus on the card, `a`, `e` and `d` decide. */
export function OpenApproval({
  approval,
  linked,
  error,
  onDecide,
}: {
  approval: Approval;
  linked: boolean;
  error: unknown;
  onDecide: (decision: Decision) => void;
}) {
  const { kind, mayDecide, said, runInput, startedByName, step, costMicros, expiresAt } = approval;
  const [panel, setPanel] = useState<Panel>(null);
  const going = useRef(0);

  const keys = (event: KeyboardEvent<HTMLElement>) => {
    const isTyped = event.target instanceof HTMLElement && event.target.closest('input, textarea, [role="dialog"]');
    if (!mayDecide || event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.key === 'Escape' && panel) {
      setPanel(null);
      event.currentTarget.querySelector<HTMLElement>('[data-row-link], button')?.focus();
      return event.stopPropagation();
    }
    if (isTyped) return;
    if (event.key === 'g') going.current = Date.now() + SEQUENCE_MS;
    if (Date.now() < going.current) return;
    if (event.key === 'a' && kind === 'tool' && panel === null) onDecide({ type: 'approve' });
    else if (event.key === 'a' && kind === 'question') event.currentTarget.querySelector('textarea')?.focus();
    else if (event.key === 'e' && kind === 'tool') setPanel('edit');
    else if (event.key === 'd') setPanel('deny');
    else return;
    event.preventDefault();
  };

  return (
    <article
      aria-label={kind === 'question' ? 'Question of the agent' : `Approval of ${toolLabel(approval.tool)}`}
      onKeyDown={keys}
      className="rounded-md border border-waiting/40 bg-waiting-tint px-3 py-2.5"
    >
      <div className="flex items-start gap-2">
        <Hand className="mt-0.5 size-4 shrink-0 text-waiting" aria-hidden />
        <p className="min-w-0 flex-1 font-medium text-base">
          <ApprovalTitle approval={approval} linked={linked} />
        </p>
        <span className="shrink-0 pt-0.5 text-muted-foreground text-xs">
          <Countdown until={expiresAt} />
        </span>
      </div>
      <div className="mt-1 grid gap-2 sm:pl-6">
        {linked && (
          <p className="line-clamp-2 break-words text-muted-foreground">
            {startedByName ?? 'Somebody'}: {runInput}
          </p>
        )}
        {said && <p className="line-clamp-6 whitespace-pre-wrap break-words">{said}</p>}
        {approval.isTainted && <TaintWarning taintedBy={approval.taintedBy} />}
        {kind === 'question' ? (
          <DecideQuestion approval={approval} panel={panel} setPanel={setPanel} onDecide={onDecide} />
        ) : (
          <DecideTool approval={approval} panel={panel} setPanel={setPanel} onDecide={onDecide} />
        )}
        {error != null && (
          <p role="alert" className="text-failed text-xs">
            {apiErrorOf(error).message}
          </p>
        )}
        <p className="flex flex-wrap gap-x-3 text-muted-foreground text-xs">
          {kind === 'question' && <span>{approval.agentName}</span>}
          <span>Step {step}</span>
          <span>
            <Cost micros={costMicros} /> so far
          </span>
          {!mayDecide && <span>{whoDecides(approval)}</span>}
        </p>
      </div>
    </article>
  );
}

function whoDecides({ decider, notByStarter }: Approval): string {
  if (decider?.type === 'role')
    return decider.role === 'org_owner' ? 'Owners decide this.' : 'Owners and admins decide this.';
  if (decider) return 'One named member decides this.';
  return notByStarter ? 'Somebody other than who started the run decides this.' : 'Your role does not decide this.';
}
