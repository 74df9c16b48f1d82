import type { Metadata } from 'next';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { Sessions } from './_components/sessions';

export const metadata: Metadata = { title: 'Sessions' };

export default function SessionsPage() {
  prefetch(trpc.people.sessions.queryOptions());
  return (
    <HydrateClient>
      <Sessions />
    </HydrateClient>
  );
}
