import { Check, CircleAlert, GitCompareArrows, Lock } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import type { Draft } from './use-draft';

const LOOKS = {
  saved: ['Saved', Check, 'text-muted-foreground'],
  dirty: ['Unsaved', null, 'text-muted-foreground'],
  saving: ['Saving…', null, 'text-muted-foreground'],
  invalid: ['Not saved', CircleAlert, 'text-failed'],
  failed: ['Not saved', CircleAlert, 'text-failed'],
  conflict: ['Conflict', GitCompareArrows, 'text-waiting'],
  readonly: ['Read only', Lock, 'text-muted-foreground'],
} as const;

/** How the draft stands with the server. */
export function DraftStatus({ draft }: { draft: Draft }) {
  const [label, Icon, colour] = LOOKS[draft.phase];
  const problems = Object.keys(draft.problems).length;
  const why =
    draft.phase === 'invalid'
      ? `: ${problems} ${problems === 1 ? 'field' : 'fields'} to fix`
      : draft.phase === 'failed'
        ? `: ${draft.failure}`
        : '';
  const line = (
    <span className="max-w-72 truncate" title={why ? label + why : undefined}>
      {label}
      {why}
    </span>
  );
  return (
    <span role="status" className={cn('inline-flex min-w-16 items-center gap-1 text-xs', colour)}>
      {Icon && <Icon className="size-3.5 shrink-0" aria-hidden />}
      {draft.phase === 'invalid' ? (
        <button type="button" onClick={goToProblem} className="focus-ring rounded-sm underline underline-offset-2">
          {line}
        </button>
      ) : (
        line
      )}
    </span>
  );
}

/** To the first field that keeps the draft from being saved. */
function goToProblem(): void {
  const field = document.querySelector<HTMLElement>('main [data-section] [aria-invalid="true"]');
  field?.focus();
  field?.scrollIntoView({ block: 'center' });
}
