'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useForm } from 'react-hook-form';
import { PasswordField } from '@/components/account/password-field';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { type OfferedProvider, SignInInput } from '@/lib/contracts/people';
import { formatDuration } from '@/lib/format';
import { AuthHead } from '../../_components/auth-head';
import { FormError } from '../../_components/form-error';
import { ProviderButtons } from '../../_components/provider-buttons';
import { startSession } from '../../_components/start-session';
import { TextLink } from '../../_components/text-link';

export function SignInForm({
  next,
  providers,
  problem,
}: {
  next: string | null;
  providers: OfferedProvider[];
  /** Why signing in elsewhere led back here. */
  problem: string | null;
}) {
  const form = useForm<SignInInput>({
    resolver: zodResolver(SignInInput),
    defaultValues: { email: '', password: '' },
  });
  const { errors, isSubmitting, isSubmitSuccessful } = form.formState;

  const submit = form.handleSubmit(async ({ email, password }) => {
    try {
      const started = await startSession(email, password);
      if (!started.ok) {
        const wait = started.waitSeconds;
        const message = wait
          ? `Too many tries. Wait ${formatDuration(wait * 1000)}, or choose a new password below.`
          : 'E-mail or password is not right.';
        form.setError('root', { message });
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
      <AuthHead title="Sign in">
        No account yet? <TextLink href="/sign-up">Create one</TextLink>
      </AuthHead>
      {problem && (
        <div className="mt-6">
          <FormError message={problem} />
        </div>
      )}
      <ProviderButtons providers={providers} next={next} />
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
        <PasswordField
          label="Password"
          error={errors.password?.message}
          autoComplete="current-password"
          {...form.register('password')}
        />
        <Button type="submit" className="h-9" disabled={isSubmitting || (isSubmitSuccessful && !errors.root)}>
          {isSubmitting ? 'Signing in…' : 'Sign in'}
        </Button>
        <p className="text-sm">
          <TextLink href="/forgot-password">Forgot your password?</TextLink>
        </p>
      </form>
    </>
  );
}
