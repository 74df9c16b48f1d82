'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Crown, UserMinus } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { ConfirmDialog } from '@/components/feedback/confirm-dialog';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import { Tooltip } from '@/components/ui/tooltip';
import type { Member } from '@/lib/contracts/people';
import { ROLE_LABELS } from '@/lib/permissions';
import { useTRPC } from '@/lib/trpc/client';
import { RoleSelect } from './role-select';

export function MemberRow({ member }: { member: Member }) {
  const { slug, user, role: myRole, can, organization } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState<'remove' | 'transfer' | null>(null);
  const isMe = member.userId === user.id;
  const ref = { org: slug, userId: member.userId };
  const refresh = () => queryClient.invalidateQueries(trpc.members.pathFilter());
  const refreshMe = () => queryClient.invalidateQueries(trpc.organizations.view.pathFilter());
  const change = useMutation(
    trpc.members.changeRole.mutationOptions({
      onSuccess: async () => {
        await refresh();
        if (isMe) await refreshMe();
        toast.success(`${member.name}'s role is changed`);
      },
      onError: toastError,
    }),
  );
  const remove = useMutation(
    trpc.members.remove.mutationOptions({
      onSuccess: async () => {
        if (isMe) return window.location.assign('/sign-in');
        setAsking(null);
        await refresh();
      },
      onError: toastError,
    }),
  );
  const transfer = useMutation(
    trpc.members.transferOwnership.mutationOptions({
      onSuccess: async () => {
        setAsking(null);
        await Promise.all([refresh(), refreshMe()]);
        toast.success(`${member.name} is the owner`);
      },
      onError: toastError,
    }),
  );
  // Only an owner makes or unmakes owners.
  const mayChange = can('members:write') && (member.role !== 'org_owner' || myRole === 'org_owner');
  const mayTransfer = can('organization:delete') && !isMe && member.role !== 'org_owner';
  const close = (open: boolean) => !open && setAsking(null);
  return (
    <li className="flex min-h-12 items-center gap-3 py-1.5">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">
          {member.name} {isMe && <span className="font-normal text-muted-foreground">(you)</span>}
        </p>
        <p className="truncate text-muted-foreground text-xs">{member.email}</p>
      </div>
      {mayChange ? (
        <RoleSelect
          value={member.role}
          label={`Role of ${member.name}`}
          disabled={change.isPending}
          onChange={(role) => change.mutate({ ...ref, role })}
        />
      ) : (
        <span className="text-muted-foreground">{ROLE_LABELS[member.role].label}</span>
      )}
      {mayTransfer && (
        <Tooltip label="Transfer ownership">
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={`Transfer ownership to ${member.name}`}
            onClick={() => setAsking('transfer')}
          >
            <Crown className="text-muted-foreground" />
          </Button>
        </Tooltip>
      )}
      {(mayChange || isMe) && (
        <Tooltip label={isMe ? 'Leave the organization' : 'Remove'}>
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={isMe ? 'Leave the organization' : `Remove ${member.name}`}
            onClick={() => setAsking('remove')}
          >
            <UserMinus className="text-muted-foreground" />
          </Button>
        </Tooltip>
      )}
      <ConfirmDialog
        open={asking === 'remove'}
        onOpenChange={close}
        title={isMe ? 'Leave the organization?' : `Remove ${member.name}?`}
        description={
          isMe
            ? 'What you built and ran stays. You come back only when you are invited again.'
            : 'From their next request on they see nothing here. What they built and ran stays, and they can be invited again.'
        }
        action={isMe ? 'Leave' : 'Remove'}
        busy={remove.isPending}
        onConfirm={() => remove.mutate(ref)}
      />
      <ConfirmDialog
        open={asking === 'transfer'}
        onOpenChange={close}
        title={`Make ${member.name} the owner?`}
        description="They may do everything then, deleting the organization included. You become an admin, and only they can undo it."
        action="Transfer ownership"
        typed={organization.name}
        busy={transfer.isPending}
        onConfirm={() => transfer.mutate(ref)}
      />
    </li>
  );
}
