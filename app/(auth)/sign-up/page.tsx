import type { Metadata } from 'next';
import { currentSession } from '@/server/auth/session';
import { redirectToFirstOrganization } from '../_components/first-organization';
import { SignUpForm } from './_components/sign-up-form';

export const metadata: Metadata = { title: 'Create an account' };

export default async function SignUpPage() {
  if (await currentSession()) await redirectToFirstOrganization();
  return <SignUpForm />;
}
