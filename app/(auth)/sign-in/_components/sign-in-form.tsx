'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import Link from 'next/link';
import { useForm } from 'react-hook-form';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { SignInInput } from '@/lib/contracts/people';
import { FormError } from '../../_components/form-error';
import { startSession } from '../../_components/start-session';

export function SignInForm({ next }: { next: string | null }) {
  const form = useForm<SignInInput>({
    resolver: zodResolver(SignInInput),
    defaultValues: { email: '', password: '' },
    mode: 'onTouched',
  });
  const { errors, isSubmitting, isSubmitSuccessful } = form.formState;

  const submit = form.handleSubmit(async ({ email, password }) => {
    try {
      if (!(await startSession(email, password))) {
        form.setError('root', { message: 'E-mail or password is not right.' });
        return;
      }
    } catch {
      form.setError('root', { message: 'The server cannot be reached. Try again.' });
      return;
    }
    // A full load: nothing of whoever was signed in before stays in memory.
    window.location.assign(next ?? '/sign-in');
  });

  return (
    <>
      <h1 className="font-semibold text-xl">Sign in</h1>
      <p className="mt-1 text-base text-muted-foreground">
        No account yet?{' '}
        <Link href="/sign-up" className="focus-ring rounded-sm text-link underline underline-offset-2">
          Create one
        </Link>
      </p>
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
        <Field label="Password" error={errors.password?.message}>
          {(control) => (
            <Input
              {...control}
              {...form.register('password')}
              type="password"
              autoComplete="current-password"
              className="h-9"
            />
          )}
        </Field>
        <Button type="submit" className="h-9" disabled={isSubmitting || (isSubmitSuccessful && !errors.root)}>
          {isSubmitting ? 'Signing in…' : 'Sign in'}
        </Button>
      </form>
    </>
  );
}
