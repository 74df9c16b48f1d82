import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { currentSession } from '@/server/auth/session';
import { redirectToFirstOrganization } from '../_components/first-organization';
import { safeNext } from '../_components/start-session';
import { SignInForm } from './_components/sign-in-form';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const { next } = await searchParams;
  const target = safeNext(Array.isArray(next) ? next[0] : next);
  if (await currentSession()) {
    if (target) redirect(target);
    await redirectToFirstOrganization();
  }
  return <SignInForm next={target} />;
}
