'use client';

import { CodeBlock } from '@/components/data/code-block';
import { JsonView } from '@/components/data/json-view';
import { Badge } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import type { TranscriptMessage } from '@/lib/contracts/runs';

const ROLES = { system: 'System', user: 'User', assistant: 'Assistant', tool: 'Tool' };

/** One message exactly as a model was given it or gave it. */
export function MessageView({
  message,
  numberOf,
  folded = false,
}: {
  message: TranscriptMessage;
  /** The number a tool was offered under; 0 when it was not. */
  numberOf?: (tool: string) => number;
  folded?: boolean;
}) {
  const head = (
    <span className="inline-flex items-center gap-2">
      <span className={cn('font-medium text-xs', message.role === 'assistant' ? 'text-link' : 'text-muted-foreground')}>
        {ROLES[message.role]}
      </span>
      {message.role === 'tool' && <ToolName name={message.name} numberOf={numberOf} />}
      {message.role === 'tool' && message.isError && <Badge variant="failed">Error</Badge>}
    </span>
  );
  if (folded) {
    return (
      <details>
        <summary className="focus-ring cursor-pointer rounded-sm">{head}</summary>
        <div className="pt-1">
          <Body message={message} numberOf={numberOf} />
        </div>
      </details>
    );
  }
  return (
    <div className="grid gap-1">
      {head}
      <Body message={message} numberOf={numberOf} />
    </div>
  );
}

function Body({ message, numberOf }: { message: TranscriptMessage; numberOf?: (tool: string) => number }) {
  if (message.role === 'tool') return <JsonView value={message.output} label="Copy result" />;
  if (message.role !== 'assistant') return <CodeBlock text={message.content} label="Copy message" />;
  return (
    <div className="grid gap-2">
      {message.reasoning && (
        <details>
          <summary className="focus-ring cursor-pointer rounded-sm text-muted-foreground text-xs">Reasoning</summary>
          <CodeBlock text={message.reasoning} label="Copy reasoning" className="mt-1" />
        </details>
      )}
      {message.content && <CodeBlock text={message.content} label="Copy answer" />}
      {message.toolCalls.map((call) => (
        <div key={call.id} className="grid gap-1">
          <span className="flex items-center gap-2 text-xs">
            <span className="text-muted-foreground">Calls</span> <ToolName name={call.name} numberOf={numberOf} />
          </span>
          <JsonView value={call.input} label="Copy arguments" />
        </div>
      ))}
      {!message.content && message.toolCalls.length === 0 && <p className="text-muted-foreground">Empty.</p>}
    </div>
  );
}

function ToolName({ name, numberOf }: { name: string; numberOf?: (tool: string) => number }) {
  const number = numberOf?.(name);
  return (
    <span className="font-mono text-xs">
      {number !== undefined && number > 0 && <span className="text-muted-foreground">{number} </span>}
      {name}
    </span>
  );
}
