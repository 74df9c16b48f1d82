'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { PasswordField } from '@/components/account/password-field';
import { apiErrorOf } from '@/components/feedback/api-error';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { JoinInput } from '@/lib/contracts/people';
import { useTRPC } from '@/lib/trpc/client';
import { FormError } from '../../_components/form-error';
import { enterWithTicket } from '../../_components/start-session';
import { TextLink } from '../../_components/text-link';
import { forgetInvitation, keepInvitation } from './kept-invitation';

const Fields = JoinInput.omit({ token: true });

/** For who is not signed in: a new account, or the way to sign-in and back. */
export function JoinForm({ token }: { token: string }) {
  const join = useMutation(useTRPC().invitations.join.mutationOptions());
  const form = useForm<{ name: string; password: string }>({
    resolver: zodResolver(Fields),
    defaultValues: { name: '', password: '' },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    try {
      const { ticket, org } = await join.mutateAsync({ ...values, token });
      forgetInvitation();
      await enterWithTicket(ticket, `/${org}`);
    } catch (error) {
      const { message, fields } = apiErrorOf(error);
      form.setError(fields.password ? 'password' : 'root', { message: fields.password ?? message });
    }
  });
  return (
    <form onSubmit={submit} noValidate className="mt-6 grid gap-4">
      <FormError message={errors.root?.message} />
      <Field label="Your name" error={errors.name?.message}>
        {(control) => <Input {...control} {...form.register('name')} autoComplete="name" autoFocus className="h-9" />}
      </Field>
      <PasswordField
        label="Password"
        error={errors.password?.message}
        help="For your new account. At least 8 characters."
        autoComplete="new-password"
        {...form.register('password')}
      />
      <Button type="submit" className="h-9" disabled={isSubmitting || join.isSuccess}>
        {isSubmitting || join.isSuccess ? 'Joining…' : 'Create account and join'}
      </Button>
      <p className="text-sm">
        Have an account?{' '}
        <TextLink href="/sign-in?next=/invitation" onClick={() => keepInvitation(token)}>
          Sign in
        </TextLink>
      </p>
    </form>
  );
}
