'use client';

import { ChevronRight } from 'lucide-react';
import { RelativeTime } from '@/components/data/relative-time';
import { Button } from '@/components/ui/button';
import type { Mail } from '@/lib/contracts/mail';

/** One message, folded up but for the newest. */
export function MailItem({ mail: { message, createdAt }, isNewest }: { mail: Mail; isNewest: boolean }) {
  const { subject, to, paragraphs, action, footnote } = message;
  return (
    <li>
      <details open={isNewest} className="group rounded-md border bg-background">
        <summary className="focus-ring flex cursor-pointer list-none items-center gap-2.5 rounded-md px-3 py-2.5 hover:bg-accent/60">
          <ChevronRight
            className="size-3.5 shrink-0 text-muted-foreground transition-transform group-open:rotate-90"
            aria-hidden
          />
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium">{subject}</span>
            <span className="block truncate text-muted-foreground text-xs">to {to}</span>
          </span>
          <RelativeTime date={createdAt} className="shrink-0 text-muted-foreground text-xs tabular-nums" />
        </summary>
        <div className="grid gap-3 border-t px-4 py-4 text-base sm:px-9">
          {paragraphs.map((paragraph) => (
            <p key={paragraph} className="whitespace-pre-line break-words">
              {paragraph}
            </p>
          ))}
          {action && (
            <Button asChild className="h-9 justify-self-start">
              {/* A whole load: the page at the other end reads what stands behind #. */}
              <a href={action.url}>{action.label}</a>
            </Button>
          )}
          {footnote && <p className="text-muted-foreground text-sm">{footnote}</p>}
        </div>
      </details>
    </li>
  );
}
