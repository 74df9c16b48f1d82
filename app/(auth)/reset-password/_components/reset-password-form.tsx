'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { PasswordField } from '@/components/account/password-field';
import { apiErrorOf } from '@/components/feedback/api-error';
import { Button } from '@/components/ui/button';
import { ResetPasswordInput } from '@/lib/contracts/people';
import { useTRPC } from '@/lib/trpc/client';
import { AuthHead } from '../../_components/auth-head';
import { DeadLink } from '../../_components/dead-link';
import { FormError } from '../../_components/form-error';
import { useLinkToken } from '../../_components/link-token';
import { enterWithTicket } from '../../_components/start-session';

const Fields = ResetPasswordInput.omit({ token: true });

export function ResetPasswordForm() {
  const token = useLinkToken();
  const reset = useMutation(useTRPC().people.resetPassword.mutationOptions());
  const form = useForm<{ password: string }>({
    resolver: zodResolver(Fields),
    defaultValues: { password: '' },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async ({ password }) => {
    try {
      const { ticket } = await reset.mutateAsync({ token: token ?? '', password });
      await enterWithTicket(ticket, '/sign-in');
    } catch (error) {
      const { message, fields } = apiErrorOf(error);
      form.setError(fields.password ? 'password' : 'root', { message: fields.password ?? message });
    }
  });
  const failure = reset.isError ? apiErrorOf(reset.error) : null;
  if (token === '' || failure?.fields.token) {
    return <DeadLink message={failure?.message} label="Ask for a new link" href="/forgot-password" />;
  }
  return (
    <>
      <AuthHead title="Choose a new password">You are signed in with it here, and signed out everywhere else.</AuthHead>
      <form onSubmit={submit} noValidate className="mt-6 grid gap-4">
        <FormError message={errors.root?.message} />
        <PasswordField
          label="New password"
          error={errors.password?.message}
          help="At least 8 characters."
          autoComplete="new-password"
          autoFocus
          {...form.register('password')}
        />
        <Button type="submit" className="h-9" disabled={isSubmitting || reset.isSuccess}>
          {isSubmitting || reset.isSuccess ? 'Saving…' : 'Save and sign in'}
        </Button>
      </form>
    </>
  );
}
