import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { makeQueryClient } from '@/lib/trpc/query-client';
import { currentSession } from '@/server/auth/session';
import { trpc } from '@/server/trpc/rsc';
import { redirectToFirstOrganization } from '../_components/first-organization';
import { safeNext } from '../_components/start-session';
import { SignInForm } from './_components/sign-in-form';

export const metadata: Metadata = { title: 'Sign in' };

/** What next-auth and our own checks put into the address when signing in elsewhere did not work. */
const PROBLEMS = new Map([
  [
    'unverified',
    'They do not say that your address there is verified, so it proves nothing here. Verify it there, or sign in with a password.',
  ],
  ['disabled', 'This account is disabled. Ask whoever runs this server.'],
  ['AccessDenied', 'You were not let in there, or went back. Try again.'],
  ['OAuthCallbackError', 'You were not let in there, or went back. Try again.'],
]);

const first = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<Record<'next' | 'error', string | string[] | undefined>>;
}) {
  const { next, error } = await searchParams;
  const target = safeNext(first(next));
  if (await currentSession()) {
    if (target) redirect(target);
    await redirectToFirstOrganization();
  }
  const providers = await makeQueryClient().fetchQuery(trpc.people.providers.queryOptions());
  const code = first(error);
  const problem = code ? (PROBLEMS.get(code) ?? 'Signing in did not work. Try again, or another way.') : null;
  return <SignInForm next={target} providers={providers} problem={problem} />;
}
