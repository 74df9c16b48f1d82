import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { currentSession } from '@/server/auth/session';
import { NewOrganizationForm } from './_components/new-organization-form';

export const metadata: Metadata = { title: 'New organization' };

export default async function NewOrganizationPage() {
  if (!(await currentSession())) redirect('/sign-in?next=/new');
  return <NewOrganizationForm />;
}
