'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { PasswordField } from '@/components/account/password-field';
import { apiErrorOf } from '@/components/feedback/api-error';
import { Button } from '@/components/ui/button';
import { ChangePasswordInput } from '@/lib/contracts/people';
import { useTRPC } from '@/lib/trpc/client';

const EMPTY = { currentPassword: '', password: '' };

/** @param email tells password managers whose password it is */
export function PasswordForm({ email }: { email: string }) {
  const change = useMutation(useTRPC().people.changePassword.mutationOptions());
  const form = useForm<ChangePasswordInput>({ resolver: zodResolver(ChangePasswordInput), defaultValues: EMPTY });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (input) => {
    try {
      await change.mutateAsync(input);
      form.reset(EMPTY);
      toast.success('Your password is changed; other browsers are signed out');
    } catch (error) {
      const { message, fields } = apiErrorOf(error);
      const field = fields.password ? 'password' : 'currentPassword';
      form.setError(field, { message: fields[field] ?? message }, { shouldFocus: true });
    }
  });
  return (
    <form onSubmit={submit} noValidate className="grid max-w-md gap-4">
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <PasswordField
        label="Current password"
        error={errors.currentPassword?.message}
        autoComplete="current-password"
        {...form.register('currentPassword')}
      />
      <PasswordField
        label="New password"
        error={errors.password?.message}
        help="At least 8 characters."
        autoComplete="new-password"
        {...form.register('password')}
      />
      <Button type="submit" variant="outline" className="justify-self-start" disabled={isSubmitting}>
        {isSubmitting ? 'Changing…' : 'Change the password'}
      </Button>
    </form>
  );
}
