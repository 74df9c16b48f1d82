'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { apiErrorOf } from '@/components/feedback/api-error';
import { FormDialog } from '@/components/feedback/form-dialog';
import { useOrg } from '@/components/frame/org-context';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import type { Role } from '@/lib/permissions';
import { useTRPC } from '@/lib/trpc/client';
import { RoleSelect } from './role-select';

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('developer');
  const invite = useMutation(
    trpc.invitations.create.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.invitations.pathFilter());
        toast.success(`${email.trim()} is invited`);
        onClose();
      },
    }),
  );
  const error = invite.isError ? apiErrorOf(invite.error) : null;
  return (
    <FormDialog
      title="Invite a member"
      description="They get a link by mail, good for seven days. An account is made on the way if they have none."
      action={invite.isPending ? 'Inviting…' : 'Invite'}
      isReady={email.trim() !== ''}
      isPending={invite.isPending}
      error={invite.error}
      onSubmit={() => invite.mutate({ org: slug, email: email.trim(), role })}
      onClose={onClose}
    >
      <Field label="E-mail" error={error?.fields.email}>
        {(control) => (
          <Input
            {...control}
            type="email"
            value={email}
            autoFocus
            autoComplete="off"
            onChange={(event) => setEmail(event.target.value)}
          />
        )}
      </Field>
      <Field label="Role">{({ id }) => <RoleSelect id={id} value={role} onChange={setRole} />}</Field>
    </FormDialog>
  );
}
