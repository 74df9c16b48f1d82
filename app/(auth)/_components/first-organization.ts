import { redirect } from 'next/navigation';
import { makeQueryClient } from '@/lib/trpc/query-client';
import { trpc } from '@/server/trpc/rsc';

/** Sends who is signed in to the first organization they are in, or to making one. */
export async function redirectToFirstOrganization(): Promise<never> {
  const [first] = await makeQueryClient().fetchQuery(trpc.organizations.mine.queryOptions());
  redirect(first ? `/${first.organization.slug}` : '/new');
}
