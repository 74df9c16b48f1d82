import { TRPCError } from '@trpc/server';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { makeQueryClient } from '@/lib/trpc/query-client';
import { trpc } from '@/server/trpc/rsc';
import { Talk } from './_components/talk';

interface Props {
  params: Promise<{ token: string }>;
}

/** Whoever may not see it is not told why. */
const agentOf = cache(async (token: string) => {
  try {
    return await makeQueryClient().fetchQuery(trpc.publicLinks.page.queryOptions({ token }));
  } catch (error) {
    if (error instanceof TRPCError && ['NOT_FOUND', 'BAD_REQUEST'].includes(error.code)) notFound();
    throw error;
  }
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { name, description } = await agentOf((await params).token);
  return { title: { absolute: name }, description, robots: { index: false, follow: false }, referrer: 'no-referrer' };
}

export default async function PublicLinkPage({ params }: Props) {
  const { token } = await params;
  return <Talk token={token} agent={await agentOf(token)} />;
}
