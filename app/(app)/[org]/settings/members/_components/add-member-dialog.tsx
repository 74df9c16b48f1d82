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

export function AddMemberDialog({ onClose }: { onClose: () => void }) {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('developer');
  const add = useMutation(
    trpc.members.add.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.members.pathFilter());
        toast.success(`${email} is a member`);
        onClose();
      },
    }),
  );
  const error = add.isError ? apiErrorOf(add.error) : null;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent>
        <form
          className="contents"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            add.mutate({ org: slug, email: email.trim(), role });
          }}
        >
          <DialogHeader>
            <DialogTitle>Add a member</DialogTitle>
            <DialogDescription>They need an account already: ask them to sign up first.</DialogDescription>
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
            <Button type="submit" disabled={!email.trim() || add.isPending}>
              Add
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
