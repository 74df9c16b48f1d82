import type { Metadata } from 'next';
import { makeQueryClient } from '@/lib/trpc/query-client';
import { currentSession } from '@/server/auth/session';
import { trpc } from '@/server/trpc/rsc';
import { redirectToFirstOrganization } from '../_components/first-organization';
import { SignUpForm } from './_components/sign-up-form';

export const metadata: Metadata = { title: 'Create an account' };

export default async function SignUpPage() {
  if (await currentSession()) await redirectToFirstOrganization();
  const providers = await makeQueryClient().fetchQuery(trpc.people.providers.queryOptions());
  return <SignUpForm providers={providers} />;
}
