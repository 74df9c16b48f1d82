'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { apiErrorOf } from '@/components/feedback/api-error';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RenamePersonInput } from '@/lib/contracts/people';
import { useTRPC } from '@/lib/trpc/client';

export function NameForm({ name }: { name: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const rename = useMutation(trpc.people.rename.mutationOptions());
  const form = useForm<RenamePersonInput>({ resolver: zodResolver(RenamePersonInput), defaultValues: { name } });
  const { errors, isDirty, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (input) => {
    try {
      await rename.mutateAsync(input);
      await Promise.all([
        queryClient.invalidateQueries(trpc.people.account.pathFilter()),
        queryClient.invalidateQueries(trpc.organizations.view.pathFilter()),
      ]);
      toast.success('Saved');
    } catch (error) {
      form.setError('name', { message: apiErrorOf(error).message });
    }
  });
  return (
    <form onSubmit={submit} noValidate className="grid max-w-md gap-3">
      <Field label="Your name" error={errors.name?.message} help="Other members see it.">
        {(control) => <Input {...control} {...form.register('name')} autoComplete="name" />}
      </Field>
      {isDirty && (
        <div className="flex gap-2">
          <Button type="submit" disabled={isSubmitting}>
            Save
          </Button>
          <Button variant="ghost" onClick={() => form.reset()}>
            Discard
          </Button>
        </div>
      )}
    </form>
  );
}
