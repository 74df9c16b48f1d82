import type { Metadata } from 'next';
import { ConfirmSignUp } from './_components/confirm-sign-up';

export const metadata: Metadata = { title: 'Confirm your address' };

export default function ConfirmPage() {
  return <ConfirmSignUp />;
}
