import { cn } from '@/components/ui/cn';

const DOTS = [
  [4, 18],
  [4, 11],
  [6.5, 5],
  [12, 11],
  [17.5, 5],
  [20, 11],
  [20, 18],
] as const;

/** The mark: seven that have gathered into an M. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" className={cn('size-5 text-link', className)} aria-hidden>
      {DOTS.map(([x, y]) => (
        <circle key={`${x} ${y}`} cx={x} cy={y} r="2.4" fill="currentColor" />
      ))}
    </svg>
  );
}
