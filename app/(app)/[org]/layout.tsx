import type { ReactNode } from 'react';
import { AppFrame } from '@/components/frame/app-frame';
import { currentSession } from '@/server/auth/session';
import { trpc } from '@/server/trpc/rsc';
import { Found } from './_components/found';
import { SignInRedirect } from './_components/sign-in-redirect';

export default async function OrganizationLayout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ org: string }>;
}) {
  const { org } = await params;
  if (!(await currentSession())) return <SignInRedirect />;
  return (
    <Found options={trpc.organizations.view.queryOptions({ org })}>
      <AppFrame>{children}</AppFrame>
    </Found>
  );
}
