'use client';

import { diffLines } from 'diff';
import { cn } from '@/components/ui/cn';

/** Two texts line by line; long stretches that are the same are folded. */
export default function LineDiff({ before, after }: { before: string; after: string }) {
  const lines = (text: string) => (text === '' ? '' : `${text}\n`);
  const parts = diffLines(lines(before), lines(after));
  let line = 0;
  return (
    <div className="scroll-thin max-h-96 overflow-y-auto rounded-md border py-1 font-mono text-xs leading-relaxed">
      {parts.flatMap((part) => {
        const sign = part.added ? '+' : part.removed ? '-' : ' ';
        const all = part.value.replace(/\n$/, '').split('\n');
        const shown = sign === ' ' && all.length > 7 ? [...all.slice(0, 3), null, ...all.slice(-3)] : all;
        return shown.map((text) => {
          line += 1;
          if (text === null) {
            return (
              <p key={line} className="px-3 text-muted-foreground">
                ⋯ {all.length - 6} lines unchanged
              </p>
            );
          }
          return (
            <p
              key={line}
              className={cn(
                'whitespace-pre-wrap break-words px-3',
                sign === '+' && 'bg-success/12 text-success',
                sign === '-' && 'bg-failed-tint text-failed',
              )}
            >
              <span className="mr-2 select-none" aria-hidden>
                {sign}
              </span>
              {sign !== ' ' && <span className="sr-only">{sign === '+' ? 'Added: ' : 'Removed: '}</span>}
              {text || ' '}
            </p>
          );
        });
      })}
    </div>
  );
}
