import type { Metadata } from 'next';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { AccountSettings } from './_components/account-settings';

export const metadata: Metadata = { title: 'Account' };

export default function AccountPage() {
  prefetch(trpc.people.account.queryOptions());
  return (
    <HydrateClient>
      <AccountSettings />
    </HydrateClient>
  );
}
