'use client';

import { Check } from 'lucide-react';
import { Cost } from '@/components/data/cost';
import { JsonView } from '@/components/data/json-view';
import { Findings } from '@/components/run/findings';
import { HeldBack } from '@/components/run/held-back';
import { MessageView } from '@/components/run/message-view';
import { Badge } from '@/components/ui/badge';
import { ModelSpanInput, type Span, type SpanPayload, TranscriptMessage } from '@/lib/contracts/runs';
import { formatCount, formatDuration } from '@/lib/format';
import { Attempts } from './attempts';
import { Block, Facts } from './block';

/** A model call: the numbers, the answer, the messages, the tools offered and called, the parameters. */
export function ModelCall({
  span,
  spans,
  payload,
  streamed,
  holdsBack,
}: {
  span: Span;
  /** All of the run. */
  spans: Span[];
  payload: SpanPayload;
  streamed: string;
  /** It is shown when guardrails have passed it. */
  holdsBack: boolean;
}) {
  const input = ModelSpanInput.safeParse(payload.input);
  const output = TranscriptMessage.safeParse(payload.output);
  if (!input.success) return <JsonView value={payload.input} />;
  const { messages, tools, parameters, routing } = input.data;
  const answer = output.success ? output.data : streamed ? assistant(streamed) : null;
  const called = answer?.role === 'assistant' ? answer.toolCalls.map(({ name }) => name) : [];
  const numberOf = (name: string) => tools.findIndex((tool) => tool.name === name) + 1;
  return (
    <>
      <Facts facts={factsOf(span)} />
      <Attempts span={span} spans={spans} routing={routing} />
      {answer && (
        <Block title="Answer">
          <div className="grid gap-2">
            <MessageView message={answer} numberOf={numberOf} />
            {answer.role === 'assistant' && answer.rejected && (
              <p className="text-waiting text-xs">Does not fit the schema of the answer: {answer.rejected}.</p>
            )}
            {answer.role === 'assistant' && answer.guarded && <Findings findings={answer.guarded} />}
          </div>
        </Block>
      )}
      {!answer && holdsBack && span.status === 'running' && (
        <Block title="Answer">
          <p className="text-muted-foreground">
            Not yet. <HeldBack />
          </p>
        </Block>
      )}
      <Block title="Messages" aside={<Badge>{messages.length}</Badge>}>
        <ol className="grid gap-2">
          {messages
            .map((message, index) => ({ message, index }))
            .map(({ message, index }) => (
              <li key={index}>
                <MessageView message={message} numberOf={numberOf} folded={message.role === 'system'} />
              </li>
            ))}
        </ol>
      </Block>
      {tools.length > 0 && (
        <Block title="Tools offered" aside={<Badge>{tools.length}</Badge>}>
          <ol className="divide-y rounded-md border">
            {tools.map((tool, index) => (
              <li key={tool.name}>
                <details className="group">
                  <summary className="focus-ring flex cursor-pointer items-center gap-2 rounded-md px-3 py-1.5">
                    <span className="w-4 text-muted-foreground text-xs tabular-nums">{index + 1}</span>
                    <span className="font-mono text-xs">{tool.name}</span>
                    {called.includes(tool.name) && (
                      <Badge variant="accent">
                        <Check /> called
                      </Badge>
                    )}
                  </summary>
                  <div className="grid gap-2 px-3 pb-3">
                    <p className="text-muted-foreground">{tool.description}</p>
                    <JsonView value={tool.inputSchema} label="Copy schema" />
                  </div>
                </details>
              </li>
            ))}
          </ol>
        </Block>
      )}
      <Block title="Parameters">
        {Object.keys(parameters).length > 0 ? (
          <JsonView value={parameters} />
        ) : (
          <p className="text-muted-foreground">The provider's defaults.</p>
        )}
      </Block>
    </>
  );
}

const assistant = (content: string): TranscriptMessage => ({ role: 'assistant', content, toolCalls: [] });

function factsOf(span: Span): [string, React.ReactNode][] {
  const total = span.endedAt && span.endedAt.getTime() - span.startedAt.getTime();
  const ms = (value: number | null) => (value === null ? '–' : formatDuration(value));
  const tokens = (value: number | null) => (value === null ? '–' : formatCount(value));
  return [
    ['In the queue', ms(span.startedAt.getTime() - span.queuedAt.getTime())],
    ['Our time', ms(total !== null && span.providerMs !== null ? Math.max(0, total - span.providerMs) : null)],
    ['Provider', ms(span.providerMs)],
    ['First token', ms(span.firstTokenAt && span.firstTokenAt.getTime() - span.startedAt.getTime())],
    ['Tokens in', tokens(span.inputTokens)],
    ['cached', tokens(span.cachedTokens)],
    ['Tokens out', tokens(span.outputTokens)],
    ['Cost', span.costMicros === null ? '–' : <Cost key="cost" micros={span.costMicros} />],
    ['Finished', span.finishReason ?? '–'],
  ];
}
