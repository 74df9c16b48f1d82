'use client';

import { useMutation } from '@tanstack/react-query';
import { MailCheck } from 'lucide-react';
import Link from 'next/link';
import { apiErrorOf } from '@/components/feedback/api-error';
import { Button } from '@/components/ui/button';
import { useTRPC } from '@/lib/trpc/client';
import { AuthHead } from '../../_components/auth-head';
import { DeadLink } from '../../_components/dead-link';
import { FormError } from '../../_components/form-error';
import { useLinkToken } from '../../_components/link-token';

/** Asks before it happens: programs that look into mail open links too. */
export function ConfirmEmail() {
  const token = useLinkToken();
  const confirm = useMutation(useTRPC().people.confirmEmailChange.mutationOptions());
  const error = confirm.isError ? apiErrorOf(confirm.error) : null;
  if (token === '' || error?.fields.token) {
    return <DeadLink message={error?.message} label="Go to sign-in" href="/sign-in" />;
  }
  if (confirm.data) {
    return (
      <div role="status">
        <MailCheck className="mb-3 size-6 text-link" aria-hidden />
        <AuthHead title="Your address is changed">
          From now on you sign in as{' '}
          <strong className="break-words font-medium text-foreground">{confirm.data.email}</strong>.
        </AuthHead>
        <Button asChild className="mt-6 h-9">
          <Link href="/sign-in">Go on</Link>
        </Button>
      </div>
    );
  }
  return (
    <>
      <AuthHead title="Use this address?">
        Your account is signed in with it from now on. Other browsers are signed out.
      </AuthHead>
      <div className="mt-6 grid gap-4">
        <FormError message={error?.message} />
        <Button
          className="h-9"
          disabled={token === null || confirm.isPending}
          onClick={() => confirm.mutate({ token: token ?? '' })}
        >
          {confirm.isPending ? 'Changing…' : 'Use this address'}
        </Button>
      </div>
    </>
  );
}
