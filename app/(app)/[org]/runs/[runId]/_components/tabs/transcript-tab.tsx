'use client';

import { CodeBlock } from '@/components/data/code-block';
import { ErrorState } from '@/components/feedback/error-state';
import { MessageView } from '@/components/run/message-view';
import { useSpanPayload } from '@/components/run/use-span-payload';
import { Skeleton } from '@/components/ui/skeleton';
import { ModelSpanInput, type Run, type Span, TranscriptMessage } from '@/lib/contracts/runs';
import { type RunView, textOfSpan } from '@/lib/run-state';
import { Failure } from '../detail/block';

/** The whole run as one readable log: what the last model call was given, and what it said. */
export function Transcript({ run, view }: { run: Run; view: RunView }) {
  const last = view.spans.findLast(({ kind }) => kind === 'model');
  return (
    <div className="mx-auto max-w-3xl px-4 py-4 sm:px-6">
      {last ? (
        <Messages key={last.seq} runId={run.id} span={last} streamed={textOfSpan(view, last.seq)} />
      ) : (
        <CodeBlock text={run.input} label="Copy input" />
      )}
      <div className="pt-4">
        <Failure code={view.run.errorCode} message={view.run.errorMessage} />
      </div>
    </div>
  );
}

function Messages({ runId, span, streamed }: { runId: string; span: Span; streamed: string }) {
  const payload = useSpanPayload(runId, span);
  if (payload.isError) return <ErrorState error={payload.error} retry={() => void payload.refetch()} />;
  if (!payload.data) return <Skeleton className="h-64" />;
  const input = ModelSpanInput.safeParse(payload.data.input);
  const output = TranscriptMessage.safeParse(payload.data.output);
  const said: TranscriptMessage[] = output.success
    ? [output.data]
    : streamed
      ? [{ role: 'assistant', content: streamed, toolCalls: [] }]
      : [];
  const messages = [...(input.success ? input.data.messages : []), ...said];
  return (
    <ol className="grid gap-4">
      {messages
        .map((message, index) => ({ message, index }))
        .map(({ message, index }) => (
          <li key={index}>
            <MessageView message={message} folded={message.role === 'system'} />
          </li>
        ))}
    </ol>
  );
}
