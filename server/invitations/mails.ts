import type { MailMessage } from '@/lib/contracts/mail';
import { publicUrl } from '@/lib/env';
import { ROLE_LABELS, type Role } from '@/lib/permissions';
import type { OrgContext } from '../context';

export function invitationMail(
  { org, actor }: OrgContext,
  { email, role, token }: { email: string; role: Role; token: string },
): MailMessage {
  const who = actor.type === 'user' ? actor.name : 'Somebody';
  return {
    to: email,
    subject: `${who} invites you to ${org.name}`.slice(0, 200),
    paragraphs: [
      `${who} would like you to join ${org.name} on Muster, where teams build and run AI agents. Your role: ${ROLE_LABELS[role].label}.`,
    ],
    action: { label: 'Accept the invitation', url: `${publicUrl()}/invitation#${token}` },
    footnote: 'The link works for seven days, and only for this address. If you do not know them, do nothing.',
  };
}
