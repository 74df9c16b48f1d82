'use client';

import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { UserMinus, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { ConfirmDialog } from '@/components/feedback/confirm-dialog';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import { Tooltip } from '@/components/ui/tooltip';
import type { Member } from '@/lib/contracts/people';
import { ROLE_LABELS, ROLES } from '@/lib/permissions';
import { useTRPC } from '@/lib/trpc/client';
import { SettingsSection } from '../../_components/settings-section';
import { AddMemberDialog } from './add-member-dialog';
import { RoleSelect } from './role-select';

export function Members() {
  const { slug, can } = useOrg();
  const trpc = useTRPC();
  const [adding, setAdding] = useState(false);
  const { data: members } = useSuspenseQuery(trpc.members.list.queryOptions({ org: slug }));
  return (
    <>
      <SettingsSection
        level={1}
        title="Members"
        help="A change of role holds from the next request on, and from the next step of a run under way."
        action={
          can('members:write') && (
            <Button onClick={() => setAdding(true)}>
              <UserPlus /> Add a member
            </Button>
          )
        }
      >
        <ul className="divide-y border-y">
          {members.map((member) => (
            <MemberRow key={member.userId} member={member} />
          ))}
        </ul>
      </SettingsSection>
      <SettingsSection title="Roles">
        <dl className="grid gap-2 sm:grid-cols-[8rem_1fr]">
          {ROLES.map((role) => (
            <div key={role} className="sm:contents">
              <dt className="font-medium">{ROLE_LABELS[role].label}</dt>
              <dd className="text-muted-foreground">{ROLE_LABELS[role].does}</dd>
            </div>
          ))}
        </dl>
      </SettingsSection>
      {adding && <AddMemberDialog onClose={() => setAdding(false)} />}
    </>
  );
}

function MemberRow({ member }: { member: Member }) {
  const { slug, user, role: myRole, can } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const isMe = member.userId === user.id;
  const refresh = () => queryClient.invalidateQueries(trpc.members.pathFilter());
  const change = useMutation(
    trpc.members.changeRole.mutationOptions({
      onSuccess: async () => {
        await refresh();
        if (isMe) await queryClient.invalidateQueries(trpc.organizations.view.pathFilter());
        toast.success(`${member.name}'s role is changed`);
      },
      onError: toastError,
    }),
  );
  const remove = useMutation(
    trpc.members.remove.mutationOptions({
      onSuccess: async () => {
        if (isMe) return window.location.assign('/sign-in');
        setRemoving(false);
        await refresh();
      },
      onError: toastError,
    }),
  );
  // Only an owner makes or unmakes owners.
  const mayChange = can('members:write') && (member.role !== 'org_owner' || myRole === 'org_owner');
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
          onChange={(role) => change.mutate({ org: slug, userId: member.userId, role })}
        />
      ) : (
        <span className="text-muted-foreground">{ROLE_LABELS[member.role].label}</span>
      )}
      {(mayChange || isMe) && (
        <Tooltip label={isMe ? 'Leave the organization' : 'Remove'}>
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={isMe ? 'Leave the organization' : `Remove ${member.name}`}
            onClick={() => setRemoving(true)}
          >
            <UserMinus className="text-muted-foreground" />
          </Button>
        </Tooltip>
      )}
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={isMe ? 'Leave the organization?' : `Remove ${member.name}?`}
        description="What they built and ran stays. They can be added again."
        action={isMe ? 'Leave' : 'Remove'}
        busy={remove.isPending}
        onConfirm={() => remove.mutate({ org: slug, userId: member.userId })}
      />
    </li>
  );
}
