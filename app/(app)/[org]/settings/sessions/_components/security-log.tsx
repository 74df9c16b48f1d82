'use client';

import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { LoadMore } from '@/components/data/load-more';
import { paged } from '@/components/data/paged';
import { RelativeTime } from '@/components/data/relative-time';
import { EmptyState } from '@/components/feedback/empty-state';
import { cn } from '@/components/ui/cn';
import { PROVIDER_NAMES, type SecurityEvent, type SecurityEventKind } from '@/lib/contracts/people';
import { formatAddress } from '@/lib/format';
import { useTRPC } from '@/lib/trpc/client';
import { SettingsSection } from '../../_components/settings-section';
import { describeBrowser } from './describe-browser';

const LABELS: Record<SecurityEventKind, string> = {
  'account.created': 'Account created',
  sign_in: 'Signed in',
  'sign_in.failed': 'Wrong password',
  'session.revoked': 'One browser signed out',
  'sessions.revoked': 'Signed out everywhere',
  'password.changed': 'Password changed',
  'password.reset_requested': 'New password asked for',
  'password.reset': 'New password by a link',
  'email.change_requested': 'New address asked for',
  'email.changed': 'Address changed',
  'identity.connected': 'Account connected',
  'identity.disconnected': 'Account disconnected',
};

/** What happened to the account lately. */
export function SecurityLog() {
  const list = useSuspenseInfiniteQuery(useTRPC().people.securityEvents.infiniteQueryOptions({}, paged));
  const events = list.data.pages.flatMap(({ items }) => items);
  return (
    <SettingsSection
      title="What happened"
      help="Sign-ins, failed ones included, and changes of your account in the last six months."
    >
      {events.length === 0 && <EmptyState title="Nothing happened yet" />}
      <ul aria-label="What happened" className="divide-y border-y">
        {events.map((event) => (
          <EventRow key={event.id} event={event} />
        ))}
      </ul>
      <LoadMore list={list} />
    </SettingsSection>
  );
}

function EventRow({ event: { kind, detail, ip, userAgent, createdAt } }: { event: SecurityEvent }) {
  const where = [userAgent && describeBrowser(userAgent).name, ip && formatAddress(ip)].filter(Boolean).join(' · ');
  return (
    <li className="flex min-h-9 flex-wrap items-center gap-x-3 py-1.5">
      <span
        className={cn(
          'w-44 shrink-0 truncate font-medium max-sm:w-auto max-sm:flex-1',
          kind === 'sign_in.failed' && 'text-failed',
        )}
      >
        {LABELS[kind]}
      </span>
      <span className="min-w-0 flex-1 truncate text-muted-foreground max-sm:order-last max-sm:basis-full max-sm:text-xs">
        {[told(detail), where].filter(Boolean).join(' · ')}
      </span>
      <RelativeTime date={createdAt} className="shrink-0 text-muted-foreground text-xs tabular-nums" />
    </li>
  );
}

const names: Record<string, string> = { ...PROVIDER_NAMES, link: 'by a link' };
const told = (detail: string | null): string | null => (detail ? (names[detail] ?? detail) : null);
