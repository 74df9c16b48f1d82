'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { PasswordField } from '@/components/account/password-field';
import { apiErrorOf } from '@/components/feedback/api-error';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import type { OfferedProvider } from '@/lib/contracts/people';
import { SignUpInput } from '@/lib/contracts/people';
import { useTRPC } from '@/lib/trpc/client';
import { AuthHead } from '../../_components/auth-head';
import { CheckMail } from '../../_components/check-mail';
import { FormError } from '../../_components/form-error';
import { ProviderButtons } from '../../_components/provider-buttons';
import { signUpReceipt } from '../../_components/receipt';
import { TextLink } from '../../_components/text-link';

const FIELDS = ['name', 'email', 'password', 'organization'] as const;

export function SignUpForm({ providers }: { providers: OfferedProvider[] }) {
  const signUp = useMutation(useTRPC().people.signUp.mutationOptions());
  const [sent, setSent] = useState<SignUpInput | null>(null);
  const [again, setAgain] = useState(false);
  const form = useForm<SignUpInput>({
    resolver: zodResolver(SignUpInput),
    defaultValues: { name: '', email: '', password: '', organization: '' },
  });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (values) => {
    const input = { ...values, receipt: signUpReceipt() };
    try {
      await signUp.mutateAsync(input);
      setAgain(false);
      setSent(input);
    } catch (error) {
      const { message, fields } = apiErrorOf(error);
      const wrong = FIELDS.filter((field) => fields[field]);
      for (const field of wrong) form.setError(field, { message: fields[field] }, { shouldFocus: true });
      if (wrong.length === 0) form.setError('root', { message });
    }
  });

  if (sent) {
    const run = () => signUp.mutate(sent, { onSuccess: () => setAgain(true) });
    return (
      <>
        <CheckMail
          email={sent.email}
          lasts="24 hours"
          again={{ run, busy: signUp.isPending, done: again }}
          back={() => setSent(null)}
        />
        <FormError message={signUp.isError ? apiErrorOf(signUp.error).message : undefined} />
      </>
    );
  }
  return (
    <>
      <AuthHead title="Create an account">
        Have one? <TextLink href="/sign-in">Sign in</TextLink>
      </AuthHead>
      <ProviderButtons providers={providers} next={null} />
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
        <PasswordField
          label="Password"
          error={errors.password?.message}
          help="At least 8 characters."
          autoComplete="new-password"
          {...form.register('password')}
        />
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
