import type { Agent } from '@/lib/contracts/agents';
import { recordAudit } from '../audit/service';
import type { TenantContext } from '../context';
import { PreconditionFailed } from '../errors';
import * as queries from './queries';

type Facts = { [key: string]: string | number | null };

export const audit = (
  ctx: TenantContext,
  verb: string,
  agentId: string,
  after?: Facts,
  before?: Facts,
): Promise<void> =>
  recordAudit(ctx, { action: `agent.${verb}`, resourceType: 'agent', resourceId: agentId, before, after });

/** The agent, which nobody else can change until the transaction ends. @throws NotFound, PreconditionFailed */
export async function requireUnarchived(ctx: TenantContext, agentId: string): Promise<Agent> {
  const agent = await queries.lockAgent(ctx, agentId);
  if (agent.status === 'archived') throw new PreconditionFailed('This agent is archived. Restore it first.');
  return agent;
}

export async function archive(tx: TenantContext, agentId: string): Promise<Agent> {
  const agent = await requireUnarchived(tx, agentId);
  await queries.updateStatus(tx, agentId, 'archived');
  await audit(tx, 'archive', agentId);
  return agent;
}

export async function restore(tx: TenantContext, agentId: string): Promise<Agent> {
  const agent = await queries.lockAgent(tx, agentId);
  if (agent.status !== 'archived') throw new PreconditionFailed('This agent is not archived.');
  await queries.updateStatus(tx, agentId, agent.publishedVersion ? 'active' : 'draft');
  await audit(tx, 'restore', agentId);
  return agent;
}
