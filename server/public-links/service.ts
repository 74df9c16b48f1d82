import { newId } from '@/db/columns';
import type { AgentRef } from '@/lib/contracts/agents';
import type {
  ChangePublicLinkInput,
  MadePublicLink,
  MakePublicLinkInput,
  PublicLink,
} from '@/lib/contracts/public-links';
import { publicUrl } from '@/lib/env';
import { getAgent, lockAgentState } from '../agents/service';
import { recordAudit } from '../audit/service';
import { setLinkLimit } from '../budgets/service';
import { type OrgContext, requirePermission, type TenantContext, withTenant } from '../context';
import { Invalid, NotFound, PreconditionFailed } from '../errors';
import { endRunsOf } from '../runs/service';
import * as queries from './queries';
import { hashOf, makeToken } from './token';

export * from './visit';

/** The public link of an agent; null when none was made. @throws NotFound */
export async function findPublicLink(ctx: OrgContext, { agentId }: AgentRef): Promise<PublicLink | null> {
  requirePermission(ctx, 'agents:read');
  return withTenant(ctx, async (tx) => {
    await getAgent(tx, { agentId });
    return (await queries.findLink(tx, agentId)) ?? null;
  });
}

/** @throws NotFound, also where none was made */
export async function getPublicLink(ctx: OrgContext, ref: AgentRef): Promise<PublicLink> {
  const link = await findPublicLink(ctx, ref);
  if (!link) throw new NotFound('public link');
  return link;
}

/**
 * Makes an address at which anybody talks to the agent. The one before opens nothing from then on, and what it was asked is
 * stopped.
 * @throws NotFound; PreconditionFailed for an agent that is not published, archived, or private.
 */
export async function makePublicLink(ctx: OrgContext, input: MakePublicLinkInput): Promise<MadePublicLink> {
  requirePermission(ctx, 'agents:publish');
  requirePermission(ctx, 'agents:read');
  requireFuture(input.expiresAt);
  const { agentId } = input;
  const token = makeToken(ctx.org.id);
  return withTenant(ctx, async (tx) => {
    await requireShareable(tx, agentId);
    const before = await queries.findLink(tx, agentId);
    const id = before?.id ?? newId();
    const kept = before && !isOver(before.expiresAt) ? before.expiresAt : null;
    const limits = {
      expiresAt: orElse(input.expiresAt, kept),
      conversationsPerHour: orElse(input.conversationsPerHour, before?.conversationsPerHour ?? null),
      messagesPerHour: orElse(input.messagesPerHour, before?.messagesPerHour ?? null),
    };
    const dailyLimitMicros = orElse(input.dailyLimitMicros, before?.dailyLimitMicros ?? null);
    await queries.putLink(tx, { id, agentId, tokenHash: hashOf(token), hint: token.slice(-4), ...limits });
    await setLinkLimit(tx, id, dailyLimitMicros);
    if (before) await endRunsOf(tx, id);
    await audit(tx, before ? 'replace' : 'create', agentId, { after: shown({ ...limits, dailyLimitMicros }) });
    const made = await getLink(tx, agentId);
    return { ...made, url: `${publicUrl()}/s/${token}` };
  });
}

/** Turns it off, which stops what goes on at once, or on, and changes what holds its visitors back. @throws NotFound */
export async function changePublicLink(ctx: OrgContext, input: ChangePublicLinkInput): Promise<PublicLink> {
  requirePermission(ctx, 'agents:publish');
  requirePermission(ctx, 'agents:read');
  const { agentId, dailyLimitMicros, ...values } = input;
  if (input.enabled !== false) requireFuture(input.expiresAt);
  return withTenant(ctx, async (tx) => {
    await lockAgentState(tx, agentId);
    const before = await getLink(tx, agentId);
    if (input.enabled) await requireShareable(tx, agentId);
    await queries.updateLink(tx, before.id, values);
    if (dailyLimitMicros !== undefined) await setLinkLimit(tx, before.id, dailyLimitMicros);
    if (input.enabled === false) await endRunsOf(tx, before.id);
    const after = await getLink(tx, agentId);
    await audit(tx, 'change', agentId, { before: shown(before), after: shown(after) });
    return after;
  });
}

const orElse = <T>(given: T | undefined, otherwise: T): T => (given === undefined ? otherwise : given);
const isOver = (expiresAt: Date | null): boolean => expiresAt !== null && expiresAt <= new Date();

async function getLink(tx: TenantContext, agentId: string): Promise<PublicLink> {
  const link = await queries.findLink(tx, agentId);
  if (!link) throw new NotFound('public link');
  return link;
}

async function requireShareable(tx: TenantContext, agentId: string): Promise<void> {
  const { status, visibility } = await lockAgentState(tx, agentId);
  if (status === 'archived') throw new PreconditionFailed('This agent is archived. Restore it first.');
  if (status === 'draft')
    throw new PreconditionFailed('This agent is not published yet. Visitors run what is published.');
  if (visibility !== 'private') return;
  throw new PreconditionFailed('This agent is private. Let its workspace or the organization see it first.');
}

function requireFuture(expiresAt: Date | null | undefined): void {
  if (!expiresAt || !isOver(expiresAt)) return;
  throw new Invalid('The expiry is in the past.', { fields: { expiresAt: 'Choose a time to come.' } });
}

/** What the audit trail tells of a link. */
const shown = ({
  enabled = true,
  expiresAt,
  dailyLimitMicros,
  conversationsPerHour,
  messagesPerHour,
}: Pick<PublicLink, 'expiresAt' | 'dailyLimitMicros' | 'conversationsPerHour' | 'messagesPerHour'> & {
  enabled?: boolean;
}) => ({
  enabled,
  expiresAt: expiresAt?.toISOString() ?? null,
  dailyLimitMicros,
  conversationsPerHour,
  messagesPerHour,
});

const audit = (
  tx: TenantContext,
  verb: string,
  agentId: string,
  fact: { before?: ReturnType<typeof shown>; after: ReturnType<typeof shown> },
) => recordAudit(tx, { action: `public_link.${verb}`, resourceType: 'agent', resourceId: agentId, ...fact });
