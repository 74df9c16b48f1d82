'use client';

import { ChevronRight } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Id } from '@/components/data/id';
import { JsonView } from '@/components/data/json-view';
import { RelativeTime } from '@/components/data/relative-time';
import { cn } from '@/components/ui/cn';
import type { AuditEntry } from '@/lib/contracts/people';
import { formatAddress, formatExact, shortId } from '@/lib/format';

export function AuditRow({ entry }: { entry: AuditEntry }) {
  const [open, setOpen] = useState(false);
  const denied = entry.action.endsWith('denied');
  return (
    <li>
      <button
        type="button"
        data-row-link
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="focus-ring flex h-9 w-full items-center gap-3 text-left hover:bg-accent/60"
      >
        <ChevronRight
          className={cn('size-3.5 shrink-0 text-muted-foreground transition-transform', open && 'rotate-90')}
          aria-hidden
        />
        <span className={cn('w-44 truncate font-mono text-xs', denied && 'text-failed')}>{entry.action}</span>
        <span className="min-w-0 flex-1 truncate">{entry.actorName ?? entry.actorType}</span>
        <span className="w-44 truncate text-muted-foreground text-xs max-sm:hidden">
          {entry.resourceType} <span className="font-mono">{shortId(entry.resourceId)}</span>
        </span>
        <RelativeTime date={entry.createdAt} className="shrink-0 pr-1 text-muted-foreground text-xs tabular-nums" />
      </button>
      {open && <Details entry={entry} />}
    </li>
  );
}

function Details({ entry }: { entry: AuditEntry }) {
  const facts: [string, ReactNode][] = [
    ['When', formatExact(entry.createdAt)],
    ['Who', `${entry.actorName ?? ''} (${entry.actorType})`],
    [
      'What',
      <span key="what">
        {entry.resourceType} <Id id={entry.resourceId} />
      </span>,
    ],
    ['From', entry.ip ? formatAddress(entry.ip) : '–'],
    ['With', entry.userAgent ?? '–'],
    ['Request', entry.requestId ? <Id key="request" id={entry.requestId} /> : '–'],
  ];
  return (
    <div className="grid gap-3 pb-4 pl-6.5">
      <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[5rem_1fr]">
        {facts.map(([label, value]) => (
          <div key={label} className="contents">
            <dt className="text-muted-foreground">{label}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        ))}
      </dl>
      <div className="grid gap-3 sm:grid-cols-2">
        {entry.before !== null && (
          <div>
            <p className="pb-1 font-medium text-xs">Before</p>
            <JsonView value={entry.before} />
          </div>
        )}
        {entry.after !== null && (
          <div>
            <p className="pb-1 font-medium text-xs">After</p>
            <JsonView value={entry.after} />
          </div>
        )}
      </div>
    </div>
  );
}
