'use client';

import { type Span, TranscriptMessage } from '@/lib/contracts/runs';
import type { RunView } from '@/lib/run-state';
import { Findings } from './findings';
import { useSpanPayload } from './use-span-payload';

/** What guardrails found in the last answer of a run that is over. */
export function AnswerFindings({ view }: { view: RunView }) {
  const last = view.ended ? view.spans.findLast(({ kind }) => kind === 'model') : undefined;
  return last ? <OfSpan runId={view.run.id} span={last} /> : null;
}

function OfSpan({ runId, span }: { runId: string; span: Span }) {
  const { data } = useSpanPayload(runId, span);
  const message = TranscriptMessage.safeParse(data?.output).data;
  if (message?.role !== 'assistant' || !message.guarded) return null;
  return <Findings findings={message.guarded} of="the answer" />;
}
