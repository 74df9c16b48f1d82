'use client';

import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Mail, Send, X } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { RelativeTime } from '@/components/data/relative-time';
import { useNow } from '@/components/data/use-now';
import { ConfirmDialog } from '@/components/feedback/confirm-dialog';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { MailboxHint } from '@/components/mail/mailbox-hint';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Tooltip } from '@/components/ui/tooltip';
import type { Invitation } from '@/lib/contracts/people';
import { ROLE_LABELS } from '@/lib/permissions';
import { useTRPC } from '@/lib/trpc/client';
import { SettingsSection } from '../../_components/settings-section';

/** Who was asked to join and has not come yet; nothing when nobody was. */
export function Invitations() {
  const { slug } = useOrg();
  const { data: invitations } = useSuspenseQuery(useTRPC().invitations.list.queryOptions({ org: slug }));
  if (invitations.length === 0) return null;
  return (
    <SettingsSection title="Invited" help="Each link works once, for seven days, and only for its address.">
      <ul aria-label="Invited" className="divide-y border-y">
        {invitations.map((invitation) => (
          <InvitationRow key={invitation.id} invitation={invitation} />
        ))}
      </ul>
      <MailboxHint to="" className="mt-4" />
    </SettingsSection>
  );
}

function InvitationRow({ invitation }: { invitation: Invitation }) {
  const { id, email, role, invitedByName, createdAt, expiresAt } = invitation;
  const { slug, role: myRole, can } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [revoking, setRevoking] = useState(false);
  const now = useNow(60_000);
  const isOver = now !== null && expiresAt.getTime() < now;
  const refresh = () => queryClient.invalidateQueries(trpc.invitations.pathFilter());
  const resend = useMutation(
    trpc.invitations.resend.mutationOptions({
      onSuccess: async () => {
        await refresh();
        toast.success(`${email} got a new link`);
      },
      onError: toastError,
    }),
  );
  const revoke = useMutation(
    trpc.invitations.revoke.mutationOptions({
      onSuccess: async () => {
        setRevoking(false);
        await refresh();
      },
      onError: toastError,
    }),
  );
  const ref = { org: slug, invitationId: id };
  const mayChange = can('members:write') && (role !== 'org_owner' || myRole === 'org_owner');
  return (
    <li className="flex min-h-12 items-center gap-3 py-1.5">
      <Mail className="size-4 shrink-0 text-muted-foreground max-sm:hidden" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2 font-medium">
          <span className="truncate">{email}</span> {isOver && <Badge variant="waiting">Expired</Badge>}
        </p>
        <p className="truncate text-muted-foreground text-xs">
          {invitedByName ? `by ${invitedByName}, ` : ''}
          <RelativeTime date={createdAt} />
        </p>
      </div>
      <span className="text-muted-foreground">{ROLE_LABELS[role].label}</span>
      {mayChange && (
        <div className="flex gap-1">
          <Tooltip label="Send a new link">
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label={`Send ${email} a new link`}
              disabled={resend.isPending}
              onClick={() => resend.mutate(ref)}
            >
              <Send className="text-muted-foreground" />
            </Button>
          </Tooltip>
          <Tooltip label="Withdraw">
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label={`Withdraw the invitation of ${email}`}
              onClick={() => setRevoking(true)}
            >
              <X className="text-muted-foreground" />
            </Button>
          </Tooltip>
        </div>
      )}
      <ConfirmDialog
        open={revoking}
        onOpenChange={setRevoking}
        title={`Withdraw the invitation of ${email}?`}
        description="The link they got opens nothing any more. They can be invited again."
        action="Withdraw"
        busy={revoke.isPending}
        onConfirm={() => revoke.mutate(ref)}
      />
    </li>
  );
}
