'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import { ROLE_LABELS, ROLES } from '@/lib/permissions';
import { useTRPC } from '@/lib/trpc/client';
import { SettingsSection } from '../../_components/settings-section';
import { Invitations } from './invitations';
import { InviteDialog } from './invite-dialog';
import { MemberRow } from './member-row';

export function Members() {
  const { slug, can } = useOrg();
  const trpc = useTRPC();
  const [inviting, setInviting] = useState(false);
  const { data: members } = useSuspenseQuery(trpc.members.list.queryOptions({ org: slug }));
  return (
    <>
      <SettingsSection
        level={1}
        title="Members"
        help="A change of role holds from the next request on, and from the next step of a run under way."
        action={
          can('members:write') && (
            <Button onClick={() => setInviting(true)}>
              <UserPlus /> Invite a member
            </Button>
          )
        }
      >
        <ul aria-label="Members" className="divide-y border-y">
          {members.map((member) => (
            <MemberRow key={member.userId} member={member} />
          ))}
        </ul>
      </SettingsSection>
      <Invitations />
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
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </>
  );
}
