import type { Metadata } from 'next';
import { paged } from '@/components/data/paged';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { SecurityLog } from './_components/security-log';
import { Sessions } from './_components/sessions';

export const metadata: Metadata = { title: 'Sessions' };

export default function SessionsPage() {
  prefetch(trpc.people.sessions.queryOptions());
  prefetch(trpc.people.securityEvents.infiniteQueryOptions({}, paged));
  return (
    <HydrateClient>
      <Sessions />
      <SecurityLog />
    </HydrateClient>
  );
}
