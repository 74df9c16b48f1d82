import type { Metadata } from 'next';
import { currentSession } from '@/server/auth/session';
import { Invitation } from './_components/invitation';

export const metadata: Metadata = { title: 'Invitation' };

export default async function InvitationPage() {
  const session = await currentSession();
  return <Invitation me={session?.user.email ?? null} />;
}
