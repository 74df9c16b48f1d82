'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import { Users } from 'lucide-react';
import { signOut } from 'next-auth/react';
import { apiErrorOf } from '@/components/feedback/api-error';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import type { InvitationView } from '@/lib/contracts/people';
import { ROLE_LABELS } from '@/lib/permissions';
import { useTRPC } from '@/lib/trpc/client';
import { AuthHead } from '../../_components/auth-head';
import { DeadLink } from '../../_components/dead-link';
import { FormError } from '../../_components/form-error';
import { JoinForm } from './join-form';
import { forgetInvitation, keepInvitation, useInvitationToken } from './kept-invitation';

/** @param me the address of who is signed in */
export function Invitation({ me }: { me: string | null }) {
  const token = useInvitationToken();
  const view = useQuery(
    useTRPC().invitations.view.queryOptions({ token: token ?? '' }, { enabled: Boolean(token), staleTime: 60_000 }),
  );
  if (token === '' || view.isError) {
    const message = view.isError ? apiErrorOf(view.error).message : undefined;
    return <DeadLink message={message} label="Go to sign-in" href="/sign-in" />;
  }
  if (!token || !view.data) {
    return (
      <div role="status" aria-label="Loading" className="grid gap-3">
        <Skeleton className="h-6 w-64" />
        <Skeleton className="h-4 w-full" />
        <Skeleton className="mt-4 h-9" />
      </div>
    );
  }
  const { organization, invitedByName, role, email } = view.data;
  return (
    <>
      <Users className="mb-3 size-6 text-link" aria-hidden />
      <AuthHead title={`Join ${organization}`}>
        <p>
          {invitedByName ?? 'A former member'} invited{' '}
          <strong className="break-words font-medium text-foreground">{email}</strong> as {ROLE_LABELS[role].label}:{' '}
          {ROLE_LABELS[role].does.replace(/^./, (letter) => letter.toLowerCase())}
        </p>
      </AuthHead>
      {me === null ? (
        <JoinForm token={token} />
      ) : me === email ? (
        <Accept token={token} invitation={view.data} />
      ) : (
        <Stranger me={me} token={token} email={email} />
      )}
    </>
  );
}

function Accept({ token, invitation }: { token: string; invitation: InvitationView }) {
  const accept = useMutation(
    useTRPC().invitations.accept.mutationOptions({
      onSuccess: ({ org }) => {
        forgetInvitation();
        window.location.assign(`/${org}`);
      },
    }),
  );
  return (
    <div className="mt-6 grid gap-4">
      <FormError message={accept.isError ? apiErrorOf(accept.error).message : undefined} />
      <Button
        className="h-9"
        disabled={accept.isPending || accept.isSuccess}
        onClick={() => accept.mutate({ token })}
        autoFocus
      >
        {accept.isPending || accept.isSuccess ? 'Joining…' : `Join ${invitation.organization}`}
      </Button>
    </div>
  );
}

function Stranger({ me, email, token }: { me: string; email: string; token: string }) {
  const change = async () => {
    keepInvitation(token);
    await signOut({ redirect: false });
    window.location.reload();
  };
  return (
    <div className="mt-6 grid gap-4">
      <FormError message={`You are signed in as ${me}. Only ${email} may join by this invitation.`} />
      <Button variant="outline" className="h-9" onClick={change}>
        Sign out and go on
      </Button>
    </div>
  );
}
