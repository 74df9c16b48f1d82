import type { Metadata } from 'next';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { Members } from './_components/members';

export const metadata: Metadata = { title: 'Members' };

export default async function MembersPage({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  prefetch(trpc.members.list.queryOptions({ org }));
  prefetch(trpc.invitations.list.queryOptions({ org }));
  return (
    <HydrateClient>
      <Members />
    </HydrateClient>
  );
}
