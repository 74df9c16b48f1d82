'use client';

import { useQuery } from '@tanstack/react-query';
import { useOrg } from '@/components/frame/org-context';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import type { Agent } from '@/lib/contracts/agents';
import type { ApprovalRule, Decider } from '@/lib/contracts/approvals';
import { ROLE_PERMISSIONS } from '@/lib/permissions';
import { useTRPC } from '@/lib/trpc/client';

const ANYBODY = 'anybody';
const ROLES: Record<string, Decider> = {
  org_admin: { type: 'role', role: 'org_admin' },
  org_owner: { type: 'role', role: 'org_owner' },
};

const keyOf = (decider: Decider | undefined): string =>
  decider === undefined ? ANYBODY : decider.type === 'role' ? decider.role : decider.userId;

/** Everybody whose role answers approvals, owners and admins, owners, or one member. */
export function DeciderSelect({
  agent,
  label,
  rule: { decider },
  readonly,
  onDecider,
}: {
  agent: Agent;
  label: string;
  rule: ApprovalRule;
  readonly: boolean;
  onDecider: (decider: Decider | undefined) => void;
}) {
  const { slug, can } = useOrg();
  const { data } = useQuery(
    useTRPC().members.list.queryOptions({ org: slug }, { enabled: can('members:read'), staleTime: 60_000 }),
  );
  const members = (data ?? []).filter(({ role }) => ROLE_PERMISSIONS[role].includes('approvals:answer'));
  const isGone = decider?.type === 'member' && !members.some(({ userId }) => userId === decider.userId);
  const isPrivate = agent.visibility === 'private';
  const access = useQuery(
    useTRPC().agents.access.queryOptions(
      { org: slug, agentId: agent.id },
      { enabled: isPrivate && decider?.type === 'member' },
    ),
  );
  const chosen = decider?.type === 'member' ? members.find(({ userId }) => userId === decider.userId) : undefined;
  const seesNothing =
    chosen &&
    isPrivate &&
    access.data &&
    chosen.userId !== access.data.owner?.id &&
    !ROLE_PERMISSIONS[chosen.role].includes('agents:read-private');
  const choose = (value: string) =>
    onDecider(value === ANYBODY ? undefined : (ROLES[value] ?? { type: 'member', userId: value }));
  return (
    <>
      <Select value={keyOf(decider)} onValueChange={choose} disabled={readonly}>
        <SelectTrigger aria-label={label} className="w-44">
          <SelectValue />
        </SelectTrigger>
        <SelectContent>
          <SelectItem value={ANYBODY}>Anybody who may</SelectItem>
          <SelectItem value="org_admin">Owners and admins</SelectItem>
          <SelectItem value="org_owner">Owners</SelectItem>
          {members.map(({ userId, name }) => (
            <SelectItem key={userId} value={userId}>
              {name}
            </SelectItem>
          ))}
          {isGone && decider.type === 'member' && (
            <SelectItem value={decider.userId}>A member who cannot decide</SelectItem>
          )}
        </SelectContent>
      </Select>
      {seesNothing && (
        <p role="status" className="order-last basis-full text-waiting text-xs">
          {chosen.name} does not see this private agent, and could not decide. Share it with its workspace, or choose
          somebody else.
        </p>
      )}
    </>
  );
}
