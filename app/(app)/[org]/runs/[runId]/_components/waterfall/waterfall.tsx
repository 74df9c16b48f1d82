'use client';

import { Brain, Hand, Play, Wrench } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { useNow } from '@/components/data/use-now';
import { StatusIcon } from '@/components/run/status';
import { toolLabel } from '@/components/run/tool-sentence';
import { cn } from '@/components/ui/cn';
import type { RunStatus, Span, TakenOver } from '@/lib/contracts/runs';
import { formatDuration } from '@/lib/format';
import type { RunView } from '@/lib/run-state';
import { Bar, Legend } from './bar';
import { layoutSpans, type Piece, totals } from './layout';
import { useWindow } from './use-window';

const ICONS = { model: Brain, tool: Wrench, human: Hand };
/** The run itself, above its spans. */
export const ROOT = 0;

const ROW_PX = 32;

/** The tree of spans with a bar each on one axis of time. Arrow keys walk it. */
export function Waterfall({
  view,
  chosen,
  onChoose,
}: {
  view: RunView;
  chosen: number;
  onChoose: (seq: number, how: 'click' | 'keys') => void;
}) {
  const { run, spans, ended } = view;
  const now = useNow(ended ? null : 200);
  const origin = run.createdAt.getTime();
  const latest = spans.reduce((max, span) => Math.max(max, (span.endedAt ?? span.startedAt).getTime()), origin);
  const end = Math.max(latest, run.endedAt?.getTime() ?? (ended ? 0 : (now ?? 0)));
  const total = Math.max(1, end - origin);
  const rows = layoutSpans(spans, origin, end);
  const started = (run.startedAt?.getTime() ?? end) - origin;
  const whole: Piece[] = [
    { kind: 'queue', from: 0, ms: started },
    { kind: 'whole', from: started, ms: total - started },
  ];

  const list = useRef<HTMLOListElement>(null);
  const walked = useRef(false);
  const { from, to } = useWindow(list, ROW_PX);
  const isDrawn = (at: number, seq: number) => (at >= from && at <= to) || seq === chosen;

  const walk = (event: KeyboardEvent<HTMLElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const order = [ROOT, ...rows.map(({ span }) => span.seq)];
    const at = Math.min(order.length - 1, Math.max(0, order.indexOf(chosen) + step));
    walked.current = true;
    onChoose(order[at] ?? ROOT, 'keys');
  };
  // A row that was out of sight is drawn only now that it is chosen.
  useEffect(() => {
    if (walked.current) list.current?.querySelector<HTMLElement>(`[data-seq="${chosen}"]`)?.focus();
    walked.current = false;
  }, [chosen]);

  return (
    <div className="min-w-0">
      <div className="flex items-end gap-3 px-4 pt-3 pb-2 sm:px-6">
        <Legend totals={totals(rows)} />
      </div>
      <Axis total={total} />
      <ol ref={list} onKeyDown={walk} className="relative mb-4" style={{ height: (rows.length + 1) * ROW_PX }}>
        <li className="absolute inset-x-0 top-0" aria-setsize={rows.length + 1} aria-posinset={1}>
          <Line
            seq={ROOT}
            chosen={chosen === ROOT}
            onChoose={onChoose}
            status={run.status}
            depth={0}
            name="Run"
            icon={<Play className="size-3.5" aria-hidden />}
            time={formatDuration(total)}
          >
            <Bar pieces={whole.filter(({ ms }) => ms > 0)} total={total} failed={false} live={!ended} />
          </Line>
        </li>
        {rows.map(({ span, depth, pieces }, index) => {
          if (!isDrawn(index + 1, span.seq)) return null;
          const Icon = ICONS[span.kind];
          return (
            <li
              key={span.seq}
              className="absolute inset-x-0"
              style={{ top: (index + 1) * ROW_PX }}
              aria-setsize={rows.length + 1}
              aria-posinset={index + 2}
            >
              <Line
                seq={span.seq}
                chosen={chosen === span.seq}
                onChoose={onChoose}
                status={span.status}
                depth={depth + 1}
                name={nameOf(span)}
                attempt={span.attempt}
                takenOver={span.takenOver}
                icon={<Icon className="size-3.5" aria-hidden />}
                time={span.takenOver ? '' : formatDuration((span.endedAt?.getTime() ?? end) - span.startedAt.getTime())}
              >
                {!span.takenOver && (
                  <Bar
                    pieces={pieces}
                    total={total}
                    failed={span.status === 'failed'}
                    live={span.status === 'running'}
                  />
                )}
              </Line>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

const nameOf = ({ kind, name }: Span): string =>
  kind === 'model' ? name : kind === 'human' && name !== 'ask_human' ? `Approval: ${toolLabel(name)}` : toolLabel(name);

function Axis({ total }: { total: number }) {
  return (
    <div aria-hidden className="flex items-center gap-3 border-b px-4 pb-1 text-2xs text-muted-foreground sm:px-6">
      <span className="w-44 shrink-0 sm:w-56" />
      <span className="flex flex-1 justify-between whitespace-nowrap tabular-nums">
        <span>0</span>
        <span className="max-sm:hidden">{formatDuration(total / 2)}</span>
        <span>{formatDuration(total)}</span>
      </span>
      <span className="w-16 shrink-0" />
    </div>
  );
}

function Line({
  seq,
  chosen,
  onChoose,
  status,
  depth,
  name,
  attempt = 0,
  takenOver = null,
  icon,
  time,
  children,
}: {
  seq: number;
  chosen: boolean;
  onChoose: (seq: number, how: 'click') => void;
  status: RunStatus;
  depth: number;
  name: string;
  attempt?: number;
  takenOver?: TakenOver | null;
  icon: ReactNode;
  time: string;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      data-seq={seq}
      aria-current={chosen ? 'true' : undefined}
      tabIndex={chosen ? 0 : -1}
      onClick={() => onChoose(seq, 'click')}
      className={cn(
        'flex h-8 w-full items-center gap-3 px-4 text-left outline-none hover:bg-accent/60 focus-visible:outline-2 focus-visible:outline-ring focus-visible:-outline-offset-2 sm:px-6',
        chosen && 'bg-accent',
      )}
    >
      <span className="flex w-44 shrink-0 items-center gap-1.5 sm:w-56" style={{ paddingLeft: `${depth * 14}px` }}>
        <StatusIcon status={status} />
        <span className="text-muted-foreground">{icon}</span>
        <span className={cn('truncate', takenOver && 'text-muted-foreground')}>{name}</span>
        {takenOver && (
          <span className="shrink-0 text-2xs text-muted-foreground">
            {takenOver === 'edited' ? 'edited' : 'taken over'}
          </span>
        )}
        {attempt > 0 && <span className="shrink-0 text-2xs text-muted-foreground">attempt {attempt + 1}</span>}
        <span className="sr-only">, {status}</span>
      </span>
      <span className="min-w-0 flex-1">{children}</span>
      <span className="w-16 shrink-0 text-right text-muted-foreground text-xs tabular-nums">{time}</span>
    </button>
  );
}
