import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { newId } from '@/db/columns';
import type {
  Agent,
  AgentRef,
  AgentSummary,
  AgentVersion,
  AgentVersionRef,
  AgentVersionSummary,
  CreateAgentInput,
  FrozenSpec,
  ListAgentsInput,
  ListVersionsInput,
  PublishAgentInput,
  SaveDraftInput,
} from '@/lib/contracts/agents';
import type { PageOf } from '@/lib/contracts/paging';
import type { PartialTexts } from '@/lib/contracts/partials';
import { type OrgContext, requirePermission, type TenantContext, withTenant } from '../context';
import { Conflict, NotFound, PreconditionFailed } from '../errors';
import { claimKey, type OnceKey } from '../idempotency';
import { findTexts, freezePartials } from '../partials/service';
import { requireTools } from '../tools/service';
import * as queries from './queries';
import { checkSpec } from './spec';
import { archive, audit, requireUnarchived, restore } from './states';

export { changeAgents, listTags, renameTag } from './bulk';
export { exportAgents, importAgents } from './transfer';
export { changeVisibility, getAccess, takeOver } from './visibility';

export async function listAgents(ctx: OrgContext, input: ListAgentsInput): Promise<PageOf<AgentSummary>> {
  requirePermission(ctx, 'agents:read');
  return withTenant(ctx, (tx) => queries.selectAgents(tx, input));
}

/** @throws NotFound */
export async function getAgent(ctx: OrgContext, { agentId }: AgentRef): Promise<Agent> {
  requirePermission(ctx, 'agents:read');
  return withTenant(ctx, (tx) => queries.getAgent(tx, agentId));
}

/** The partials that the draft includes as they are now, which publishing would freeze. @throws NotFound */
export async function getDraftPartials(ctx: OrgContext, { agentId }: AgentRef): Promise<PartialTexts> {
  requirePermission(ctx, 'agents:read');
  return withTenant(ctx, async (tx) => findTexts(tx, (await queries.getAgent(tx, agentId)).draft));
}

/** Of an agent that nobody else can change until the transaction ends. @throws NotFound */
export const lockAgentState = (tx: TenantContext, agentId: string): Promise<Pick<Agent, 'status' | 'visibility'>> =>
  queries.lockAgent(tx, agentId);

/** @throws Invalid for an unknown model or tool, a variable named twice, or another organization's workspace. */
export async function createAgent(ctx: OrgContext, input: CreateAgentInput, once?: OnceKey): Promise<Agent> {
  requirePermission(ctx, 'agents:write');
  if (input.publish) requirePermission(ctx, 'agents:publish');
  checkSpec(input.spec);
  return withTenant(ctx, async (tx) => {
    const workspaceId = await queries.getWorkspaceId(tx, input.workspaceId);
    const { name, description, tags, spec } = input;
    await requireTools(tx, spec);
    const agentId = newId();
    const made = await claimKey(tx, once, agentId);
    if (made) return queries.getAgent(tx, made);
    await queries.insertAgent(tx, { id: agentId, workspaceId, name, description, tags, draft: spec });
    await audit(tx, 'create', agentId, { name });
    if (input.publish) await freeze(tx, { agentId, spec: await freezePartials(tx, spec), note: '' });
    return queries.getAgent(tx, agentId);
  });
}

/** A new agent with the draft of another. @throws NotFound */
export async function duplicateAgent(ctx: OrgContext, { agentId }: AgentRef): Promise<Agent> {
  requirePermission(ctx, 'agents:write');
  requirePermission(ctx, 'agents:read');
  return withTenant(ctx, async (tx) => {
    const { name, workspaceId, description, tags, draft, visibility } = await queries.getAgent(tx, agentId);
    const id = newId();
    const copy = { id, workspaceId, name: `${name.slice(0, 95)} copy`, description, tags, draft };
    // What only one person sees stays so; wider than its workspace nothing is shared by itself.
    await queries.insertAgent(tx, { ...copy, visibility: visibility === 'private' ? 'private' : 'workspace' });
    await audit(tx, 'duplicate', id, { from: agentId });
    return queries.getAgent(tx, id);
  });
}

/** @throws Conflict when the draft has moved on since `input.revision`: nothing is written. */
export async function saveDraft(
  ctx: OrgContext,
  input: SaveDraftInput,
): Promise<{ draftRevision: number; updatedAt: Date }> {
  requirePermission(ctx, 'agents:write');
  checkSpec(input.spec);
  return withTenant(ctx, async (tx) => {
    await requireUnarchived(tx, input.agentId);
    const saved = await queries.updateDraft(tx, input);
    if (!saved) throw stale();
    await audit(tx, 'save_draft', input.agentId, { revision: saved.draftRevision });
    return saved;
  });
}

/**
 * Freezes the draft, with the partials it includes, as the next version.
 * @throws Conflict when it is not the draft that was reviewed; Invalid for a tool or a partial that is not there.
 */
export async function publishAgent(ctx: OrgContext, input: PublishAgentInput): Promise<AgentVersionSummary> {
  requirePermission(ctx, 'agents:publish');
  return withTenant(ctx, async (tx) => {
    const agent = await requireUnarchived(tx, input.agentId);
    if (agent.draftRevision !== input.revision) throw stale();
    if (!agent.unpublishedChanges) throw new PreconditionFailed('Nothing changed since the last version.');
    const spec = await freezePartials(tx, agent.draft);
    requireReviewed(input.partials, spec.partials);
    return freeze(tx, { agentId: agent.id, spec, note: input.note });
  });
}

export async function listVersions(ctx: OrgContext, input: ListVersionsInput): Promise<PageOf<AgentVersionSummary>> {
  requirePermission(ctx, 'agents:read');
  return withTenant(ctx, async (tx) => {
    await queries.getAgent(tx, input.agentId);
    return queries.selectVersions(tx, input);
  });
}

/** @throws NotFound */
export async function getVersion(ctx: OrgContext, input: AgentVersionRef): Promise<AgentVersion> {
  requirePermission(ctx, 'agents:read');
  return withTenant(ctx, (tx) => queries.getVersion(tx, input.agentId, input.version));
}

/** Publishes an earlier version's spec again, as a new version, and makes it the draft. History only grows. */
export async function rollbackAgent(ctx: OrgContext, input: AgentVersionRef): Promise<AgentVersionSummary> {
  requirePermission(ctx, 'agents:publish');
  return withTenant(ctx, async (tx) => {
    const agent = await requireUnarchived(tx, input.agentId);
    if (agent.publishedVersion === input.version) {
      throw new PreconditionFailed(`Version ${input.version} is the published one already.`);
    }
    const { spec } = await queries.getVersion(tx, input.agentId, input.version);
    const { partials: _, ...draft } = spec;
    await queries.replaceDraft(tx, input.agentId, draft);
    return freeze(tx, { agentId: agent.id, spec, note: `Back to version ${input.version}` });
  });
}

export async function archiveAgent(ctx: OrgContext, { agentId }: AgentRef): Promise<void> {
  requirePermission(ctx, 'agents:archive');
  await withTenant(ctx, (tx) => archive(tx, agentId));
}

export async function restoreAgent(ctx: OrgContext, { agentId }: AgentRef): Promise<void> {
  requirePermission(ctx, 'agents:archive');
  await withTenant(ctx, (tx) => restore(tx, agentId));
}

/**
 * The spec a run freezes: the draft (version null), a version, or the published version.
 * @throws NotFound; PreconditionFailed when nothing is published or the agent is archived; Invalid for a draft with a
 * partial that is not there.
 */
export async function resolveSpec(
  ctx: TenantContext,
  agentId: string,
  wanted: 'draft' | number | undefined,
): Promise<{ workspaceId: string; spec: FrozenSpec; version: number | null }> {
  const found = await queries.getSpec(ctx, agentId, wanted);
  const { status, workspaceId, version, spec } = found;
  if (status === 'archived') throw new PreconditionFailed('This agent is archived. Restore it first.');
  // A version has its partials with it.
  if (spec) return { workspaceId, version, spec: wanted === 'draft' ? await freezePartials(ctx, spec) : spec };
  if (wanted !== undefined) throw new NotFound('version');
  throw new PreconditionFailed('This agent is not published yet. Publish it, or run its draft.');
}

async function freeze(
  ctx: TenantContext,
  { agentId, spec, note }: { agentId: string; spec: FrozenSpec; note: string },
): Promise<AgentVersionSummary> {
  await requireTools(ctx, spec);
  const version = (await queries.findLastVersion(ctx, agentId)) + 1;
  const contentHash = createHash('sha256')
    .update(canonicalize(spec) ?? '')
    .digest('hex');
  await queries.insertVersion(ctx, { agentId, version, spec, contentHash, note });
  await audit(ctx, 'publish', agentId, { version, contentHash });
  return queries.getVersion(ctx, agentId, version);
}

/** @throws Conflict that names the partials which are not what was looked at. */
function requireReviewed(reviewed: PartialTexts | undefined, now: PartialTexts = {}): void {
  if (!reviewed) return;
  const others = [...new Set([...Object.keys(reviewed), ...Object.keys(now)])].filter(
    (name) => reviewed[name] !== now[name],
  );
  if (others.length === 0) return;
  const message = `${others.join(', ')} changed since you looked. Nothing is published: see what differs now, then publish again.`;
  throw new Conflict(message);
}

const stale = () =>
  new Conflict(
    'Somebody saved this draft after you opened it. Nothing of yours was written: compare, then save again.',
  );
