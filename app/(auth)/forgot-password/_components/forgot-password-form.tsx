'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { apiErrorOf } from '@/components/feedback/api-error';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RequestResetInput } from '@/lib/contracts/people';
import { useTRPC } from '@/lib/trpc/client';
import { AuthHead } from '../../_components/auth-head';
import { CheckMail } from '../../_components/check-mail';
import { FormError } from '../../_components/form-error';
import { TextLink } from '../../_components/text-link';

export function ForgotPasswordForm() {
  const request = useMutation(useTRPC().people.requestReset.mutationOptions());
  const [sent, setSent] = useState<string | null>(null);
  const [again, setAgain] = useState(false);
  const form = useForm<RequestResetInput>({
    resolver: zodResolver(RequestResetInput),
    defaultValues: { email: '' },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (input) => {
    try {
      await request.mutateAsync(input);
      setAgain(false);
      setSent(input.email);
    } catch (error) {
      form.setError('root', { message: apiErrorOf(error).message });
    }
  });
  if (sent) {
    const run = () => request.mutate({ email: sent }, { onSuccess: () => setAgain(true) });
    return (
      <>
        <CheckMail
          email={sent}
          lasts="one hour"
          again={{ run, busy: request.isPending, done: again }}
          back={() => setSent(null)}
        />
        <FormError message={request.isError ? apiErrorOf(request.error).message : undefined} />
      </>
    );
  }
  return (
    <>
      <AuthHead title="Choose a new password">
        A link comes by mail. It lets you in also when too many wrong passwords were tried.
      </AuthHead>
      <form onSubmit={submit} noValidate className="mt-6 grid gap-4">
        <FormError message={errors.root?.message} />
        <Field label="E-mail" error={errors.email?.message}>
          {(control) => (
            <Input
              {...control}
              {...form.register('email')}
              type="email"
              autoComplete="username"
              autoFocus
              className="h-9"
            />
          )}
        </Field>
        <Button type="submit" className="h-9" disabled={isSubmitting}>
          {isSubmitting ? 'Sending…' : 'Send the link'}
        </Button>
        <p className="text-sm">
          <TextLink href="/sign-in">Back to sign-in</TextLink>
        </p>
      </form>
    </>
  );
}
