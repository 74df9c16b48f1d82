'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { apiErrorOf } from '@/components/feedback/api-error';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { CreateOrganizationInput } from '@/lib/contracts/people';
import { useTRPC } from '@/lib/trpc/client';

export function NewOrganizationForm() {
  const create = useMutation(useTRPC().organizations.create.mutationOptions());
  const form = useForm<CreateOrganizationInput>({
    resolver: zodResolver(CreateOrganizationInput),
    defaultValues: { name: '' },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (input) => {
    try {
      const { slug } = await create.mutateAsync(input);
      window.location.assign(`/${slug}`);
    } catch (error) {
      form.setError('name', { message: apiErrorOf(error).message }, { shouldFocus: true });
    }
  });
  return (
    <>
      <h1 className="font-semibold text-xl">New organization</h1>
      <p className="mt-1 text-base text-muted-foreground">
        Agents, runs, members and keys of one organization are invisible to every other.
      </p>
      <form onSubmit={submit} noValidate className="mt-6 grid gap-4">
        <Field label="Name" error={errors.name?.message}>
          {(control) => (
            <Input {...control} {...form.register('name')} autoComplete="organization" autoFocus className="h-9" />
          )}
        </Field>
        <Button type="submit" className="h-9" disabled={isSubmitting}>
          {isSubmitting ? 'Creating…' : 'Create organization'}
        </Button>
      </form>
    </>
  );
}
