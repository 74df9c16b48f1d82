import type { Metadata } from 'next';
import { ConfirmEmail } from './_components/confirm-email';

export const metadata: Metadata = { title: 'Confirm your new address' };

export default function ConfirmEmailPage() {
  return <ConfirmEmail />;
}
