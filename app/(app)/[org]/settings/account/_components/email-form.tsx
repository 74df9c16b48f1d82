'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { PasswordField } from '@/components/account/password-field';
import { apiErrorOf } from '@/components/feedback/api-error';
import { MailboxHint } from '@/components/mail/mailbox-hint';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { ChangeEmailInput } from '@/lib/contracts/people';
import { useTRPC } from '@/lib/trpc/client';

const EMPTY = { email: '', currentPassword: '' };

export function EmailForm() {
  const request = useMutation(useTRPC().people.requestEmailChange.mutationOptions());
  const [asked, setAsked] = useState<string | null>(null);
  const form = useForm<ChangeEmailInput>({ resolver: zodResolver(ChangeEmailInput), defaultValues: EMPTY });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (input) => {
    try {
      await request.mutateAsync(input);
      setAsked(input.email);
      form.reset(EMPTY);
    } catch (error) {
      const { message, fields } = apiErrorOf(error);
      const field = fields.email ? 'email' : 'currentPassword';
      form.setError(field, { message: fields[field] ?? message }, { shouldFocus: true });
    }
  });
  return (
    <form onSubmit={submit} noValidate className="grid max-w-md gap-4">
      <Field label="New address" error={errors.email?.message}>
        {(control) => (
          <Input {...control} {...form.register('email')} type="email" autoComplete="off" className="h-9" />
        )}
      </Field>
      <PasswordField
        label="Your password, for the address"
        error={errors.currentPassword?.message}
        autoComplete="current-password"
        {...form.register('currentPassword')}
      />
      <Button type="submit" variant="outline" className="justify-self-start" disabled={isSubmitting}>
        {isSubmitting ? 'Sending…' : 'Send the link'}
      </Button>
      <div aria-live="polite">
        {asked && (
          <>
            <p>
              A link is on its way to <strong className="break-words font-medium">{asked}</strong>. Until it is opened,
              nothing changes.
            </p>
            <MailboxHint to={asked} className="mt-3" />
          </>
        )}
      </div>
    </form>
  );
}
