import Link from 'next/link';
import type { ReactNode } from 'react';
import { Mark } from '@/components/brand';

export default function MailboxLayout({ children }: { children: ReactNode }) {
  return (
    <div className="min-h-dvh bg-sidebar">
      <header className="px-6 py-5">
        <Link href="/" className="focus-ring inline-flex items-center gap-2 rounded-sm font-semibold text-base">
          <Mark /> Muster
        </Link>
      </header>
      <main className="mx-auto w-full max-w-180 px-6 pt-4 pb-16">{children}</main>
    </div>
  );
}
