'use client';

import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { PasswordField } from '@/components/account/password-field';
import { apiErrorOf } from '@/components/feedback/api-error';
import { Button } from '@/components/ui/button';
import { useTRPC } from '@/lib/trpc/client';
import { AuthHead } from '../../_components/auth-head';
import { DeadLink } from '../../_components/dead-link';
import { FormError } from '../../_components/form-error';
import { useLinkToken } from '../../_components/link-token';
import { keptReceipt } from '../../_components/receipt';
import { enterWithTicket } from '../../_components/start-session';

/** Makes the account: at once in the browser that signed up, with the password in any other. */
export function ConfirmSignUp() {
  const token = useLinkToken();
  const [password, setPassword] = useState('');
  const [typed, setTyped] = useState(false);
  const confirm = useMutation(
    useTRPC().people.confirmSignUp.mutationOptions({
      onSuccess: ({ ticket, org }) => enterWithTicket(ticket, `/${org ?? 'sign-in'}`),
      onError: () => setTyped(true),
    }),
  );
  const { mutate } = confirm;
  const tried = useRef(false);
  useEffect(() => {
    if (!token || tried.current) return;
    tried.current = true;
    const receipt = keptReceipt();
    if (receipt) mutate({ token, receipt });
    else setTyped(true);
  }, [token, mutate]);

  const error = confirm.isError ? apiErrorOf(confirm.error) : null;
  if (token === '' || error?.fields.token) {
    return <DeadLink message={error?.message} label="Sign up again" href="/sign-up" />;
  }
  if (error?.code === 'CONFLICT') return <DeadLink message={error.message} label="Sign in" href="/sign-in" />;
  if (!typed || confirm.isSuccess) {
    return (
      <div role="status">
        <AuthHead title="Confirming your address…" />
      </div>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token) mutate({ token, password });
  };
  // The first try was without a password, in the browser's name: that it failed is nobody's mistake.
  const mistake = confirm.variables?.password === undefined ? undefined : error;
  return (
    <>
      <AuthHead title="Confirm your address">
        Enter the password you chose when you signed up: it shows that it was you.
      </AuthHead>
      <form onSubmit={submit} noValidate className="mt-6 grid gap-4">
        <FormError message={mistake && !mistake.fields.password ? mistake.message : undefined} />
        <PasswordField
          label="Password"
          error={mistake?.fields.password}
          autoComplete="current-password"
          autoFocus
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Button type="submit" className="h-9" disabled={!password || confirm.isPending}>
          {confirm.isPending ? 'Confirming…' : 'Confirm and start'}
        </Button>
      </form>
    </>
  );
}
