import type { BulkAgentsInput, BulkOutcome, RenameTagInput, TagCount } from '@/lib/contracts/agents';
import { recordAudit } from '../audit/service';
import { type OrgContext, requirePermission, type TenantContext, withTenant } from '../context';
import { DomainError, NotFound, PreconditionFailed } from '../errors';
import * as queries from './queries';
import { archive, audit, requireUnarchived, restore } from './states';

const MAX_TAGS = 20;

/** Does the same to several agents, each for itself: what one refuses stops none of the others. */
export async function changeAgents(ctx: OrgContext, { agentIds, action }: BulkAgentsInput): Promise<BulkOutcome[]> {
  requirePermission(ctx, 'tag' in action ? 'agents:write' : 'agents:archive');
  const outcomes: BulkOutcome[] = [];
  for (const agentId of new Set(agentIds)) outcomes.push(await changeOne(ctx, agentId, action));
  // When nothing of it is here, it is as with a single one.
  if (outcomes.every(({ name }) => name === null)) throw new NotFound('agent');
  return outcomes;
}

async function changeOne(ctx: OrgContext, agentId: string, action: BulkAgentsInput['action']): Promise<BulkOutcome> {
  let name: string | null = null;
  try {
    return await withTenant(ctx, async (tx) => {
      ({ name } = await queries.getAgent(tx, agentId));
      const changed = await apply(tx, agentId, action);
      return { agentId, name, outcome: changed ? 'done' : 'unchanged', reason: null };
    });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { agentId, name, outcome: 'refused', reason: error.message };
  }
}

async function apply(tx: TenantContext, agentId: string, action: BulkAgentsInput['action']): Promise<boolean> {
  if (!('tag' in action)) {
    await (action.type === 'archive' ? archive : restore)(tx, agentId);
    return true;
  }
  const { type, tag } = action;
  const { tags } = await requireUnarchived(tx, agentId);
  if (tags.includes(tag) === (type === 'tag')) return false;
  if (type === 'tag' && tags.length >= MAX_TAGS) throw new PreconditionFailed(`It has ${MAX_TAGS} tags already.`);
  await queries.updateTags(tx, agentId, type === 'tag' ? [...tags, tag] : tags.filter((one) => one !== tag));
  await audit(tx, type, agentId, { tag });
  return true;
}

export async function listTags(ctx: OrgContext): Promise<TagCount[]> {
  requirePermission(ctx, 'agents:read');
  return withTenant(ctx, queries.selectTags);
}

/** Gives a tag another name on every agent, archived ones too; one that has both keeps one. @throws NotFound */
export async function renameTag(ctx: OrgContext, { from, to }: RenameTagInput): Promise<{ agents: number }> {
  requirePermission(ctx, 'agents:write');
  if (from === to) throw new PreconditionFailed('It has this name already.');
  return withTenant(ctx, async (tx) => {
    const agents = await queries.replaceTag(tx, from, to);
    if (agents === 0) throw new NotFound('tag');
    const change = { before: { tag: from }, after: { tag: to, agents } };
    await recordAudit(tx, { action: 'agent.rename_tag', resourceType: 'tag', resourceId: to, ...change });
    return { agents };
  });
}
