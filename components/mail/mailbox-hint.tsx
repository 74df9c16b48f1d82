'use client';

import { useQuery } from '@tanstack/react-query';
import { Inbox } from 'lucide-react';
import Link from 'next/link';
import { cn } from '@/components/ui/cn';
import { useTRPC } from '@/lib/trpc/client';

/** Where a mail is on a server that sends none: in its local mailbox, for whoever may read that. */
export function MailboxHint({ to, className }: { to: string; className?: string }) {
  const { data: state } = useQuery(useTRPC().mailbox.state.queryOptions());
  if (!state || state === 'off') return null;
  return (
    <div className={cn('flex items-start gap-2.5 rounded-md border bg-background px-3 py-2.5', className)}>
      <Inbox className="mt-0.5 size-4 shrink-0 text-muted-foreground" aria-hidden />
      <div className="text-sm">
        {state === 'open' ? (
          <>
            <p>This server has no mail server: it keeps the message itself.</p>
            <Link
              href={`/mailbox?to=${encodeURIComponent(to)}`}
              className="focus-ring rounded-sm font-medium text-link underline underline-offset-2"
            >
              Open the local mailbox
            </Link>
          </>
        ) : (
          <p>This server has no mail server. Whoever runs it finds the message in its local mailbox.</p>
        )}
      </div>
    </div>
  );
}
