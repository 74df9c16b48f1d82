import type { AgentAccess, AgentRef, ChangeVisibilityInput } from '@/lib/contracts/agents';
import { isGranted } from '@/lib/permissions';
import { type OrgContext, requirePermission, type TenantContext, withTenant } from '../context';
import { Forbidden, PreconditionFailed } from '../errors';
import * as queries from './queries';
import { audit } from './states';

/** Who sees an agent: kept by the database (`muster_member` in db/tenancy.sql), changed here. */

/** Who sees it, and whether whoever asks may change that. @throws NotFound */
export async function getAccess(ctx: OrgContext, { agentId }: AgentRef): Promise<AgentAccess> {
  requirePermission(ctx, 'agents:read');
  return withTenant(ctx, (tx) => readAccess(tx, agentId));
}

/** @throws NotFound; Forbidden for somebody else's agent without the right to read private ones. */
export async function changeVisibility(
  ctx: OrgContext,
  { agentId, visibility }: ChangeVisibilityInput,
): Promise<AgentAccess> {
  requirePermission(ctx, 'agents:write');
  return withTenant(ctx, async (tx) => {
    await queries.lockAgent(tx, agentId);
    const before = await readAccess(tx, agentId);
    if (!before.mayChange) {
      throw new Forbidden(
        `${before.owner?.name ?? 'A program'} made this agent: only its owner, and owners and admins of ${ctx.org.name}, choose who sees it.`,
      );
    }
    if (before.visibility === visibility) return before;
    // A private agent has somebody who sees it.
    const ownerId = before.owner?.id ?? ctx.actor.id;
    await queries.updateAccess(tx, agentId, { visibility, ownerId });
    await audit(tx, 'change_visibility', agentId, { visibility }, { visibility: before.visibility });
    return readAccess(tx, agentId);
  });
}

/** Makes the agent one's own, whoever's it was. @throws NotFound; PreconditionFailed when it is already. */
export async function takeOver(ctx: OrgContext, { agentId }: AgentRef): Promise<AgentAccess> {
  requirePermission(ctx, 'agents:read-private');
  return withTenant(ctx, async (tx) => {
    await queries.lockAgent(tx, agentId);
    const { owner } = await readAccess(tx, agentId);
    if (owner?.id === ctx.actor.id) throw new PreconditionFailed('This agent is yours already.');
    await queries.updateAccess(tx, agentId, { ownerId: ctx.actor.id });
    await audit(tx, 'take_over', agentId, { ownerId: ctx.actor.id }, { ownerId: owner?.id ?? null });
    return readAccess(tx, agentId);
  });
}

async function readAccess(tx: TenantContext, agentId: string): Promise<AgentAccess> {
  const { visibility, ownerId, ownerName } = await queries.getOwner(tx, agentId);
  const governs = isGranted(tx.permissions, 'agents:read-private');
  return {
    visibility,
    owner: ownerId === null ? null : { id: ownerId, name: ownerName },
    mayChange: isGranted(tx.permissions, 'agents:write') && (governs || ownerId === tx.actor.id),
    mayTakeOver: governs && ownerId !== tx.actor.id,
  };
}
