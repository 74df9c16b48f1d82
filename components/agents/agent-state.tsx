import { Archive, Circle, CircleDot } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import type { AgentSummary } from '@/lib/contracts/agents';

/** Whether an agent is published, and whether its draft has moved on. */
export function AgentState({ agent, className }: { agent: AgentSummary; className?: string }) {
  const classes = cn('inline-flex items-center gap-1.5 whitespace-nowrap text-xs', className);
  if (agent.status === 'archived') {
    return (
      <span className={cn(classes, 'text-muted-foreground')}>
        <Archive className="size-3.5" aria-hidden /> Archived
      </span>
    );
  }
  if (agent.publishedVersion === null) {
    return (
      <span className={cn(classes, 'text-muted-foreground')}>
        <Circle className="size-3.5" aria-hidden /> Draft
      </span>
    );
  }
  return (
    <span className={cn(classes, 'text-success')}>
      <CircleDot className="size-3.5" aria-hidden />
      <span className="tabular-nums">v{agent.publishedVersion}</span>
      {agent.unpublishedChanges && <span className="text-muted-foreground">· changed</span>}
    </span>
  );
}
