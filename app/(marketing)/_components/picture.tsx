import { Brain, Calculator, Globe, Hand } from 'lucide-react';
import { Cost } from '@/components/data/cost';
import { Status, StatusIcon } from '@/components/run/status';
import { cn } from '@/components/ui/cn';
import type { RunStatus } from '@/lib/contracts/runs';
import { formatDuration } from '@/lib/format';

interface Row {
  name: string;
  icon: typeof Brain;
  depth: number;
  status: RunStatus;
  from: number;
  queue: number;
  ours: number;
  provider: number;
  person?: number;
}

const TOTAL = 6_400;
const ROWS: Row[] = [
  {
    name: 'anthropic/claude-sonnet',
    icon: Brain,
    depth: 0,
    status: 'completed',
    from: 0,
    queue: 90,
    ours: 60,
    provider: 1_320,
  },
  {
    name: 'Calculator',
    icon: Calculator,
    depth: 1,
    status: 'completed',
    from: 1_480,
    queue: 40,
    ours: 60,
    provider: 0,
  },
  { name: 'HTTP request', icon: Globe, depth: 1, status: 'completed', from: 1_480, queue: 40, ours: 90, provider: 760 },
  {
    name: 'Question to a person',
    icon: Hand,
    depth: 1,
    status: 'completed',
    from: 2_420,
    queue: 0,
    ours: 0,
    provider: 0,
    person: 2_300,
  },
  {
    name: 'anthropic/claude-sonnet',
    icon: Brain,
    depth: 0,
    status: 'running',
    from: 4_760,
    queue: 60,
    ours: 80,
    provider: 1_500,
  },
];

/** A run as the product shows it. */
export function Picture() {
  return (
    <figure className="mt-12">
      <div
        role="img"
        aria-label="A run in Muster: a waterfall of model and tool calls on the left, the conversation on the right"
        className="overflow-hidden rounded-lg border bg-background shadow-float"
      >
        <div aria-hidden className="flex items-center gap-3 border-b px-5 py-3">
          <span className="text-base text-muted-foreground">
            Refund desk <span className="px-1">›</span> <span className="font-semibold text-foreground">Run</span>
          </span>
          <span className="font-mono text-muted-foreground text-xs max-sm:hidden">01a1fa…719f</span>
          <Status status="running" />
          <span className="ml-auto text-muted-foreground tabular-nums max-sm:hidden">
            v7 · {formatDuration(TOTAL)} · <Cost micros={8_420} />
          </span>
        </div>
        <div aria-hidden className="grid md:grid-cols-[1.25fr_1fr]">
          <Spans />
          <Talk />
        </div>
      </div>
    </figure>
  );
}

function Spans() {
  return (
    <ol className="py-3 md:border-r">
      {ROWS.map((row) => {
        const Icon = row.icon;
        return (
          <li
            key={`${row.name} ${row.from}`}
            className={cn('flex h-9 items-center gap-3 px-5', row.status === 'running' && 'bg-accent')}
          >
            <span className="flex w-44 shrink-0 items-center gap-2 sm:w-56" style={{ paddingLeft: row.depth * 16 }}>
              <StatusIcon status={row.status} />
              <Icon className="size-3.5 shrink-0 text-muted-foreground" />
              <span className="truncate">{row.name}</span>
            </span>
            <span className="relative h-2.5 flex-1">
              <Piece from={row.from} ms={row.queue} className="bg-bar-queue" />
              <Piece from={row.from + row.queue} ms={row.ours} className="bg-bar-ours" />
              <Piece from={row.from + row.queue + row.ours} ms={row.provider} className="bg-bar-provider" />
              <Piece from={row.from} ms={row.person ?? 0} className="hatched" />
            </span>
            <span className="w-14 shrink-0 text-right text-muted-foreground text-xs tabular-nums max-sm:hidden">
              {formatDuration(row.ours + row.provider + (row.person ?? 0))}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function Piece({ from, ms, className }: { from: number; ms: number; className: string }) {
  if (ms === 0) return null;
  return (
    <span
      className={cn('absolute h-full rounded-[2px]', className)}
      style={{ left: `${(from / TOTAL) * 100}%`, width: `max(2px, ${(ms / TOTAL) * 100}%)` }}
    />
  );
}

function Talk() {
  return (
    <div className="grid content-start gap-3 border-t bg-sidebar px-5 py-4 text-base md:border-t-0">
      <p className="max-w-[85%] justify-self-end rounded-lg bg-tint px-3 py-2">
        Order 1042 came damaged. What do we owe, and may we pay it?
      </p>
      <div className="rounded-md border px-3 py-2">
        <p className="text-muted-foreground">May order 1042 be refunded at 30 %, that is $74.97?</p>
        <p className="pt-1">
          <span className="font-medium">Yes, and send a voucher.</span>{' '}
          <span className="text-muted-foreground text-xs">Anna, just now</span>
        </p>
      </div>
      <p>
        30 % of $249.90 is <strong className="font-semibold">$74.97</strong>. Anna approved the refund, and a voucher
        goes out
        <span className="pulse-slow ml-1 inline-block h-4 w-2 translate-y-0.5 rounded-[1px] bg-foreground/70" />
      </p>
    </div>
  );
}
