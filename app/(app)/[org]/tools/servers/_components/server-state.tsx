import { CircleCheck, CircleDashed, CircleX } from 'lucide-react';
import { RelativeTime } from '@/components/data/relative-time';
import type { McpServer } from '@/lib/contracts/mcp';

const WORDS = { untested: 'Not connected yet', ok: 'Connected', broken: 'Away' };

/** How the last look at a server's tools, or the last call, ended: by shape, word and colour. */
export function ServerState({ server: { state, stateMessage, checkedAt } }: { server: McpServer }) {
  const Icon = { untested: CircleDashed, ok: CircleCheck, broken: CircleX }[state];
  const colour = { untested: 'text-muted-foreground', ok: 'text-success', broken: 'text-failed' }[state];
  return (
    <div role="status" className="grid gap-1 text-xs">
      <p className="flex items-center gap-1.5">
        <Icon className={`size-3.5 shrink-0 ${colour}`} aria-hidden />
        <span>
          {WORDS[state]}
          {checkedAt && (
            <span className="text-muted-foreground">
              {' · '}
              <RelativeTime date={checkedAt} />
            </span>
          )}
        </span>
      </p>
      {stateMessage && <p className="break-words text-muted-foreground">{stateMessage}</p>}
    </div>
  );
}
