'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { apiErrorOf } from '@/components/feedback/api-error';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import {
  Dialog,
  DialogBody,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '@/components/ui/dialog';
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
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent>
        <form
          className="contents"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            invite.mutate({ org: slug, email: email.trim(), role });
          }}
        >
          <DialogHeader>
            <DialogTitle>Invite a member</DialogTitle>
            <DialogDescription>
              They get a link by mail, good for seven days. An account is made on the way if they have none.
            </DialogDescription>
          </DialogHeader>
          <DialogBody className="grid gap-4 pt-1">
            <Field label="E-mail" error={error ? (error.fields.email ?? error.message) : undefined}>
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
          </DialogBody>
          <DialogFooter>
            <Button variant="outline" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!email.trim() || invite.isPending}>
              {invite.isPending ? 'Inviting…' : 'Invite'}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
