import { cn } from '@/components/ui/cn';
import { formatDuration } from '@/lib/format';
import type { Piece, PieceKind } from './layout';

const LOOKS: Record<PieceKind, { label: string; classes: string }> = {
  queue: { label: 'in the queue', classes: 'bg-bar-queue' },
  ours: { label: 'our time', classes: 'bg-bar-ours' },
  provider: { label: "the provider's time", classes: 'bg-bar-provider' },
  person: { label: 'waiting for a person', classes: 'hatched' },
  whole: { label: 'under way', classes: 'bg-muted-foreground/55' },
};

/** A bar on the time axis, in its pieces. */
export function Bar({
  pieces,
  total,
  failed,
  live,
}: {
  pieces: Piece[];
  total: number;
  failed: boolean;
  live: boolean;
}) {
  const first = pieces[0];
  const last = pieces.at(-1);
  const label = pieces.map(({ kind, ms }) => `${formatDuration(ms)} ${LOOKS[kind].label}`).join(', ');
  return (
    <span className="relative block h-2.5" title={label}>
      {first && last && failed && (
        <span
          className="absolute -inset-y-0.5 rounded-[3px] ring-1 ring-failed"
          style={{ left: percent(first.from, total), width: width(last.from + last.ms - first.from, total) }}
        />
      )}
      {pieces.map(({ kind, from, ms }) => (
        <span
          key={kind}
          className={cn(
            'absolute h-full first:rounded-l-[2px] last:rounded-r-[2px]',
            LOOKS[kind].classes,
            live && kind !== 'queue' && kind !== 'person' && 'pulse-slow',
          )}
          style={{ left: percent(from, total), width: width(ms, total) }}
        />
      ))}
      <span className="sr-only">{label}</span>
    </span>
  );
}

const percent = (ms: number, total: number) => `${Math.min(100, (Math.max(0, ms) / total) * 100)}%`;
const width = (ms: number, total: number) => `max(2px, ${percent(ms, total)})`;

/** What the colours mean, and how much time went where. */
export function Legend({ totals }: { totals: Record<PieceKind, number> }) {
  const kinds: PieceKind[] = ['queue', 'ours', 'provider', 'person'];
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-muted-foreground text-xs">
      {kinds
        .filter((kind) => kind !== 'person' || totals.person > 0)
        .map((kind) => (
          <li key={kind} className="flex items-center gap-1.5">
            <span aria-hidden className={cn('size-2.5 rounded-[2px]', LOOKS[kind].classes)} />
            <span className="first-letter:uppercase">{LOOKS[kind].label}</span>
            <span className="tabular-nums">{formatDuration(totals[kind])}</span>
          </li>
        ))}
    </ul>
  );
}
