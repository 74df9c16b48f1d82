import type { Metadata } from 'next';
import { ForgotPasswordForm } from './_components/forgot-password-form';

export const metadata: Metadata = { title: 'Choose a new password' };

export default function ForgotPasswordPage() {
  return <ForgotPasswordForm />;
}
