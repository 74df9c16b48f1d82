'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation } from '@tanstack/react-query';
import Link from 'next/link';
import { useForm } from 'react-hook-form';
import { apiErrorOf } from '@/components/feedback/api-error';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { SignUpInput } from '@/lib/contracts/people';
import { useTRPC } from '@/lib/trpc/client';
import { FormError } from '../../_components/form-error';
import { startSession } from '../../_components/start-session';

const FIELDS = ['name', 'email', 'password', 'organization'] as const;

export function SignUpForm() {
  const signUp = useMutation(useTRPC().people.signUp.mutationOptions());
  const form = useForm<SignUpInput>({
    resolver: zodResolver(SignUpInput),
    defaultValues: { name: '', email: '', password: '', organization: '' },
    mode: 'onTouched',
  });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (input) => {
    try {
      const { org } = await signUp.mutateAsync(input);
      const signedIn = await startSession(input.email, input.password);
      window.location.assign(signedIn ? `/${org}` : '/sign-in');
    } catch (error) {
      const { message, code, fields } = apiErrorOf(error);
      const wrong = FIELDS.filter((field) => fields[field]);
      for (const field of wrong) form.setError(field, { message: fields[field] }, { shouldFocus: true });
      if (code === 'CONFLICT') form.setError('email', { message }, { shouldFocus: true });
      else if (wrong.length === 0) form.setError('root', { message });
    }
  });

  return (
    <>
      <h1 className="font-semibold text-xl">Create an account</h1>
      <p className="mt-1 text-base text-muted-foreground">
        Have one?{' '}
        <Link href="/sign-in" className="focus-ring rounded-sm text-link underline underline-offset-2">
          Sign in
        </Link>
      </p>
      <form onSubmit={submit} noValidate className="mt-6 grid gap-4">
        <FormError message={errors.root?.message} />
        <Field label="Your name" error={errors.name?.message}>
          {(control) => <Input {...control} {...form.register('name')} autoComplete="name" autoFocus className="h-9" />}
        </Field>
        <Field label="E-mail" error={errors.email?.message}>
          {(control) => (
            <Input {...control} {...form.register('email')} type="email" autoComplete="username" className="h-9" />
          )}
        </Field>
        <Field label="Password" error={errors.password?.message} help="At least 8 characters.">
          {(control) => (
            <Input
              {...control}
              {...form.register('password')}
              type="password"
              autoComplete="new-password"
              className="h-9"
            />
          )}
        </Field>
        <Field
          label="Organization"
          error={errors.organization?.message}
          help="Your company or team. It holds your agents, and its name becomes your address."
        >
          {(control) => (
            <Input {...control} {...form.register('organization')} autoComplete="organization" className="h-9" />
          )}
        </Field>
        <Button type="submit" className="h-9" disabled={isSubmitting}>
          {isSubmitting ? 'Creating…' : 'Create account'}
        </Button>
      </form>
    </>
  );
}
