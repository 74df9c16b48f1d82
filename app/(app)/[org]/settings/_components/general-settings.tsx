'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { Id } from '@/components/data/id';
import { apiErrorOf } from '@/components/feedback/api-error';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RenameOrganizationInput } from '@/lib/contracts/people';
import { formatDate } from '@/lib/format';
import { useTRPC } from '@/lib/trpc/client';
import { SettingsSection } from './settings-section';
import { Workspaces } from './workspaces';

export function GeneralSettings() {
  const { organization } = useOrg();
  return (
    <>
      <SettingsSection level={1} title="General">
        <NameForm key={organization.name} />
        <dl className="grid gap-2 border-t pt-4 text-sm sm:grid-cols-[8rem_1fr]">
          <dt className="text-muted-foreground">Address</dt>
          <dd className="font-mono text-xs">/{organization.slug}</dd>
          <dt className="text-muted-foreground">Id</dt>
          <dd>
            <Id id={organization.id} />
          </dd>
          <dt className="text-muted-foreground">Since</dt>
          <dd suppressHydrationWarning>{formatDate(organization.createdAt)}</dd>
        </dl>
      </SettingsSection>
      <Workspaces />
    </>
  );
}

function NameForm() {
  const { organization, slug, can } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const rename = useMutation(
    trpc.organizations.rename.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.organizations.pathFilter());
        toast.success('Renamed');
      },
    }),
  );
  const form = useForm<RenameOrganizationInput>({
    resolver: zodResolver(RenameOrganizationInput),
    defaultValues: { name: organization.name },
  });
  const { errors, isDirty } = form.formState;
  const readonly = !can('organization:write');
  const submit = form.handleSubmit(({ name }) =>
    rename.mutate(
      { org: slug, name },
      { onError: (error) => form.setError('name', { message: apiErrorOf(error).message }) },
    ),
  );
  return (
    <form onSubmit={submit} noValidate className="grid max-w-md gap-3 pb-5">
      <Field label="Name" error={errors.name?.message} help="Shown to members. The address stays as it is.">
        {(control) => <Input {...control} {...form.register('name')} readOnly={readonly} />}
      </Field>
      {isDirty && (
        <div className="flex gap-2">
          <Button type="submit" disabled={rename.isPending}>
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
