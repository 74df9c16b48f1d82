import { isDeepStrictEqual } from 'node:util';
import { newId } from '@/db/columns';
import {
  AgentDocument,
  type ExportAgentsInput,
  type ImportAgentsInput,
  type ImportedAgent,
  type ImportReport,
  type MissingPart,
} from '@/lib/contracts/agent-documents';
import type { AgentSpec } from '@/lib/contracts/agents';
import type { PartialTexts } from '@/lib/contracts/partials';
import { modelsOf } from '@/lib/contracts/routing';
import { recordAudit } from '../audit/service';
import { listAttachable } from '../connectors/service';
import { type OrgContext, requirePermission, type TenantContext, withTenant } from '../context';
import { DomainError, Invalid, NotFound, PreconditionFailed } from '../errors';
import { usableProviders } from '../models/service';
import { addPartials, findTexts, lockPartials, planPartials, withTexts } from '../partials/service';
import { listOfferedTools } from '../tools/service';
import { type ReadDocument, readAgents, toYaml } from './documents';
import * as queries from './queries';
import { checkSpec } from './spec';

/**
 * Agents as one YAML file, in the order they were asked for.
 * @throws NotFound; PreconditionFailed for what is not published, when that was asked for.
 */
export async function exportAgents(ctx: OrgContext, { agentIds, version }: ExportAgentsInput): Promise<string> {
  requirePermission(ctx, 'agents:read');
  return withTenant(ctx, async (tx) => {
    const documents: AgentDocument[] = [];
    for (const agentId of new Set(agentIds)) {
      const { name, description, tags } = await queries.getAgent(tx, agentId);
      const { spec } = await queries.getSpec(tx, agentId, version === 'published' ? undefined : version);
      if (!spec && version !== 'published') throw new NotFound('version');
      if (!spec) throw new PreconditionFailed(`${name} is not published yet. Export its draft.`);
      const head = { apiVersion: 'muster/v1', kind: 'Agent' } as const;
      const whole = version === 'draft' ? withTexts(spec, await findTexts(tx, spec)) : spec;
      documents.push(AgentDocument.parse({ ...head, metadata: { name, description, tags }, spec: whole }));
    }
    return toYaml(documents);
  });
}

/**
 * Makes drafts of the agents in a file, or of those whose name is there already changes the draft; all of them or none.
 * What an agent names and this organization has not is told, and does not stop it: publishing does. Partials that come
 * with it are made where there is none of the name.
 * @throws Invalid with each problem by line and field, unless it is a dry run, which reports them.
 */
export async function importAgents(
  ctx: OrgContext,
  input: ImportAgentsInput,
  signal = new AbortController().signal,
): Promise<ImportReport> {
  requirePermission(ctx, 'agents:write');
  requirePermission(ctx, 'agents:read');
  const documents = await readAgents(input.document, { orgId: ctx.org.id, signal });
  const [tools, connectors] = await Promise.all([offeredTools(ctx), connectorsOf(ctx)]);
  return withTenant(ctx, async (tx) => {
    const workspaceId = await queries.getWorkspaceId(tx, input.workspaceId);
    const here = { tools, connectors, providers: await usableProviders(tx) };
    const items: ImportedAgent[] = [];
    const done = new Set<string>();
    let partials: PartialTexts = {};
    await lockPartials(tx);
    for (const document of documents) {
      const item = await plan(tx, document, { ...input, workspaceId }, done);
      if (item.agentId) done.add(item.agentId);
      if (!document.agent) {
        items.push({ ...item, missing: [], partials: [] });
        continue;
      }
      const { spec } = document.agent;
      const { added, missing, problem, ...brought } = await planPartials(tx, spec, partials);
      partials = { ...partials, ...added };
      items.push({
        ...(problem ? refused(document, problem, 'spec.partials') : item),
        ...brought,
        missing: [...missingIn(spec, here), ...missing.map(missingPartial)],
      });
    }
    if (input.dryRun) return { items, written: false };
    refuseBroken(items);
    await addPartials(tx, partials);
    for (const [index, item] of items.entries()) items[index] = await write(tx, documents[index], item, workspaceId);
    return { items, written: true };
  });
}

type Planned = Omit<ImportedAgent, 'missing' | 'partials'>;

const refused = ({ line, name, lineOf }: ReadDocument, message: string, field: string): Planned => ({
  ...{ line, name, action: 'refused', agentId: null },
  problems: [{ line: lineOf(field), field, message }],
});

async function plan(
  tx: TenantContext,
  document: ReadDocument,
  { onSameName, workspaceId }: ImportAgentsInput & { workspaceId: string },
  done: ReadonlySet<string>,
): Promise<Planned> {
  const { line, name, agent, problems } = document;
  if (!agent) return { line, name, action: 'refused', agentId: null, problems };
  const problem = specProblem(agent.spec);
  if (problem) {
    const [field = 'spec'] = Object.keys(problem.fields);
    return refused(document, problem.message, field.startsWith('spec') ? field : `spec.${field}`);
  }
  const create: Planned = { line, name, action: 'create', agentId: null, problems: [] };
  if (onSameName === 'create') return create;
  const [same, another] = await queries.selectNamed(tx, workspaceId, agent.metadata.name);
  if (!same) return create;
  if (another)
    return refused(
      document,
      `Several agents are called ${name}: which one is meant? Rename them first.`,
      'metadata.name',
    );
  if (done.has(same.id)) return refused(document, `${name} is in this file twice. Take one out.`, 'metadata.name');
  const { name: called, description, tags, draft } = same;
  const unchanged = isDeepStrictEqual({ metadata: { name: called, description, tags }, spec: draft }, content(agent));
  return { ...create, action: unchanged ? 'unchanged' : 'update', agentId: same.id };
}

/** What becomes the draft: partials are beside it. */
function content({ metadata, spec: { partials: _, ...spec } }: AgentDocument) {
  return { metadata, spec };
}

async function write(
  tx: TenantContext,
  document: ReadDocument | undefined,
  item: ImportedAgent,
  workspaceId: string,
): Promise<ImportedAgent> {
  const { agent } = document ?? {};
  if (!agent || item.action === 'unchanged') return item;
  const { metadata, spec } = content(agent);
  const agentId = item.agentId ?? newId();
  if (item.action === 'create') await queries.insertAgent(tx, { id: agentId, workspaceId, ...metadata, draft: spec });
  else {
    const { draftRevision: revision } = await queries.lockAgent(tx, agentId);
    await queries.updateDraft(tx, { agentId, revision, ...metadata, spec });
  }
  const after = { name: metadata.name, how: item.action };
  await recordAudit(tx, { action: 'agent.import', resourceType: 'agent', resourceId: agentId, after });
  return { ...item, agentId };
}

/** What the shape alone does not tell. */
function specProblem(spec: AgentSpec): Invalid | undefined {
  try {
    checkSpec(spec);
    return undefined;
  } catch (error) {
    if (error instanceof Invalid) return error;
    throw error instanceof DomainError ? new Invalid(error.message) : error;
  }
}

function refuseBroken(items: readonly ImportedAgent[]): void {
  const problems = items.flatMap((item) => item.problems);
  const [first] = problems;
  if (!first) return;
  const said = problems.map(({ line, field, message }) => [`line ${line}${field && `, ${field}`}`, message]);
  throw new Invalid(`Line ${first.line}${first.field && `, ${first.field}`}: ${first.message} Nothing was imported.`, {
    fields: Object.fromEntries(said),
  });
}

const offeredTools = async (ctx: OrgContext) => new Map((await listOfferedTools(ctx)).map((tool) => [tool.name, tool]));

const connectorsOf = async (ctx: OrgContext) =>
  new Map((await listAttachable(ctx)).map((connector) => [connector.name, connector]));

const missingPartial = (name: string): MissingPart => ({
  ...{ what: 'partial', name },
  todo: 'Make a partial of this name under Agents, Partials, or take it out.',
});

interface Here {
  tools: Awaited<ReturnType<typeof offeredTools>>;
  connectors: Awaited<ReturnType<typeof connectorsOf>>;
  providers: ReadonlySet<string>;
}

/** What a spec names and this organization has not, each with what to do. */
function missingIn(spec: AgentSpec, { tools, connectors, providers }: Here): MissingPart[] {
  return [
    ...spec.tools.flatMap(({ name }): MissingPart[] => {
      const tool = tools.get(name);
      if (tool && !tool.disabled) return [];
      return [{ what: 'tool', name, todo: tool?.disabled ?? 'Make a tool of this name under Tools, or take it out.' }];
    }),
    ...spec.connectors.flatMap(({ connector: name, access }): MissingPart[] => {
      const found = connectors.get(name);
      if (!found) return [{ what: 'connector', name, todo: 'Make a connector of this name under Connectors.' }];
      if (access === 'read' || found.access === 'write') return [];
      return [{ what: 'connector', name, todo: 'It may only be read here: allow writing under Connectors.' }];
    }),
    ...modelsOf(spec.model).flatMap((name): MissingPart[] => {
      const provider = name.split('/')[0] ?? '';
      if (providers.has(provider)) return [];
      return [
        {
          what: 'model',
          name,
          todo: `Add a key for ${provider} under Settings, Providers, or choose another model.`,
        },
      ];
    }),
  ];
}
