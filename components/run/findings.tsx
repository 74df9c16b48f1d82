import { ShieldCheck, ShieldX } from 'lucide-react';
import type { GuardFinding } from '@/lib/contracts/guardrails';

/** What guardrails found in a text, a line each; never what it was. */
export function Findings({
  findings,
  of = 'the text',
}: {
  findings: readonly GuardFinding[];
  of?: 'the text' | 'the request' | 'the answer';
}) {
  const rows = findings.map((finding, index) => ({ finding, index }));
  return (
    <ul className="grid gap-1">
      {rows.map(({ finding: { action, detail }, index }) => (
        <li key={index} className="flex items-start gap-1.5 text-muted-foreground text-xs">
          {action === 'blocked' ? (
            <ShieldX className="mt-px size-3.5 shrink-0 text-failed" aria-hidden />
          ) : (
            <ShieldCheck className="mt-px size-3.5 shrink-0" aria-hidden />
          )}
          <span className="min-w-0 break-words">
            {action === 'blocked' ? `Blocked: ${detail}` : `Taken out of ${of}: ${detail}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
