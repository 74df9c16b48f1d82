'use client';

import { ApprovalCard } from '@/components/approvals/approval-card';
import { CodeBlock } from '@/components/data/code-block';
import { JsonView } from '@/components/data/json-view';
import { Answer } from '@/components/run/answer';
import { AnswerFindings } from '@/components/run/answer-findings';
import { Findings } from '@/components/run/findings';
import { HeldBack } from '@/components/run/held-back';
import type { Run } from '@/lib/contracts/runs';
import { answerOf, type RunView } from '@/lib/run-state';
import { Block, Failure } from './block';

/** What the run was given and what it answered. */
export function RunDetail({ run, view }: { run: Run; view: RunView }) {
  const answer = answerOf(view);
  const settled = view.approvals.filter(({ status }) => status !== 'open');
  return (
    <>
      <h2 className="sr-only">What it was given and answered</h2>
      <Failure code={view.run.errorCode} message={view.run.errorMessage} />
      <Block title="Input">
        <div className="grid gap-2">
          <CodeBlock text={run.input} label="Copy input" />
          {run.guarded.length > 0 && <Findings findings={run.guarded} of="the request" />}
        </div>
      </Block>
      {Object.keys(run.variables).length > 0 && (
        <Block title="Variables">
          <JsonView value={run.variables} />
        </Block>
      )}
      {settled.length > 0 && (
        <Block title="Asked of people">
          <div className="grid gap-2">
            {settled.map((approval) => (
              <ApprovalCard key={approval.id} approval={approval} />
            ))}
          </div>
        </Block>
      )}
      <Block title="Answer">
        <div className="grid gap-2">
          {answer ? (
            <Answer text={answer} />
          ) : (
            <p className="text-muted-foreground">
              {view.ended ? 'None.' : 'Not yet.'} {!view.ended && run.holdsBack && <HeldBack />}
            </p>
          )}
          {run.holdsBack && <AnswerFindings view={view} />}
        </div>
      </Block>
    </>
  );
}
