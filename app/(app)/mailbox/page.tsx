import type { Metadata } from 'next';
import { Suspense } from 'react';
import { Mailbox } from './_components/mailbox';

export const metadata: Metadata = { title: 'Local mailbox' };

export default function MailboxPage() {
  return (
    <Suspense>
      <Mailbox />
    </Suspense>
  );
}
