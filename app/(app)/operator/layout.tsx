import Link from 'next/link';
import type { ReactNode } from 'react';
import { Mark } from '@/components/brand';
import { currentSession } from '@/server/auth/session';
import { SignInRedirect } from '../[org]/_components/sign-in-redirect';

export default async function OperatorLayout({ children }: { children: ReactNode }) {
  if (!(await currentSession())) return <SignInRedirect />;
  return (
    <div className="min-h-dvh bg-background">
      <header className="flex h-12 items-center border-b bg-sidebar px-4 sm:px-6">
        <Link href="/" className="focus-ring inline-flex items-center gap-2 rounded-sm font-semibold">
          <Mark /> Muster
        </Link>
        <span className="pl-3 text-muted-foreground">Server</span>
      </header>
      <main className="mx-auto w-full max-w-7xl pb-16">{children}</main>
    </div>
  );
}
