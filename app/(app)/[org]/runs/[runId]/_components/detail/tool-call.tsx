'use client';

import Link from 'next/link';
import { z } from 'zod';
import { ApprovalCard } from '@/components/approvals/approval-card';
import { JsonView } from '@/components/data/json-view';
import { useOrg } from '@/components/frame/org-context';
import { toolResult } from '@/components/run/tool-sentence';
import { Badge } from '@/components/ui/badge';
import type { Span, SpanPayload } from '@/lib/contracts/runs';
import { formatDuration } from '@/lib/format';
import type { RunView } from '@/lib/run-state';
import { Block, Facts } from './block';

/** A task that was given to another agent, once its run is there. */
const Task = z.object({ agent: z.string(), runId: z.string() });

/** A tool call or a wait for a person: arguments, result, error. */
export function ToolCall({ span, payload, view }: { span: Span; payload: SpanPayload; view: RunView }) {
  const { slug } = useOrg();
  const result = toolResult(payload);
  const task = span.name === 'delegate' ? Task.safeParse(payload.input).data : undefined;
  const asked = view.approvals.filter(({ stepKey }) => span.kind === 'human' && stepKey === span.stepKey);
  const total = span.endedAt && span.endedAt.getTime() - span.startedAt.getTime();
  return (
    <>
      <Facts
        facts={[
          ['In the queue', formatDuration(span.startedAt.getTime() - span.queuedAt.getTime())],
          [span.kind === 'human' ? 'Waited' : 'Time', total === null ? '–' : formatDuration(total)],
          ...(span.providerMs === null
            ? []
            : [['Outside', formatDuration(span.providerMs)] satisfies [string, string]]),
        ]}
      />
      {task && (
        <p className="pb-5">
          <Link
            href={`/${slug}/runs/${task.runId}`}
            className="focus-ring rounded-sm text-link underline underline-offset-2"
          >
            The run of {task.agent}
          </Link>
        </p>
      )}
      {asked.map((approval) => (
        <div key={approval.id} className="pb-5">
          <ApprovalCard approval={approval} />
        </div>
      ))}
      <Block title="Arguments" aside={result?.editedBy && <Badge variant="waiting">Edited by {result.editedBy}</Badge>}>
        <JsonView value={payload.input} label="Copy arguments" />
      </Block>
      {result && (
        <Block title="Result" aside={result.isError && <Badge variant="failed">Error</Badge>}>
          <JsonView value={result.value} label="Copy result" />
        </Block>
      )}
    </>
  );
}
