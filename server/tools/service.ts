import { isDeepStrictEqual } from 'node:util';
import type { AgentSpec } from '@/lib/contracts/agents';
import type { PageOf } from '@/lib/contracts/paging';
import type {
  ChangeToolInput,
  CreateToolInput,
  CustomTool,
  ListToolsInput,
  OfferedTool,
  ToolDetail,
  ToolRef,
} from '@/lib/contracts/tools';
import { recordAudit } from '../audit/service';
import { type OrgContext, requirePermission, type TenantContext, withTenant } from '../context';
import { Conflict, Invalid, LimitExceeded, NotFound } from '../errors';
import { syntaxProblem } from '../sandbox/syntax';
import { secretNamesIn } from '../secrets/resolve';
import { toTool } from './custom-tool';
import { requestOf } from './http-action';
import * as remote from './mcp/queries';
import { toTool as toRemoteTool } from './mcp/remote-tool';
import * as queries from './queries';
import { BUILT_IN_TOOLS, define, findTool } from './registry';
import type { Tool } from './tool';

const MAX_CUSTOM_TOOLS = 500;
const MAX_REMOTE_TOOLS = 1_000;

/** What an agent of this organization can be given. */
export async function listOfferedTools(ctx: OrgContext): Promise<OfferedTool[]> {
  requirePermission(ctx, 'agents:read');
  const others = await withTenant(ctx, (tx) => selectOthers(tx, '', '', MAX_CUSTOM_TOOLS + MAX_REMOTE_TOOLS));
  return [...BUILT_IN_TOOLS, ...others].map(toOffered);
}

/** Built-in tools first, on the first page; custom ones and those of remote servers by name. */
export async function listTools(
  ctx: OrgContext,
  { query, cursor, limit }: ListToolsInput,
): Promise<PageOf<OfferedTool>> {
  requirePermission(ctx, 'tools:read');
  const wanted = query.trim().toLowerCase();
  const matches = ({ name, label }: Tool) => name.includes(wanted) || label.toLowerCase().includes(wanted);
  const others = await withTenant(ctx, (tx) => selectOthers(tx, query.trim(), cursor ?? '', limit + 1));
  const shown = others.slice(0, limit);
  const builtIn = cursor === undefined ? BUILT_IN_TOOLS.filter(matches) : [];
  return {
    items: [...builtIn, ...shown].map(toOffered),
    nextCursor: others.length > limit ? (shown.at(-1)?.name ?? null) : null,
  };
}

/** What is not built in, in the order of names, after `after`. */
async function selectOthers(ctx: TenantContext, query: string, after: string, limit: number): Promise<Tool[]> {
  const custom = await queries.selectPage(ctx, query, after, limit);
  const served = await remote.selectPage(ctx, query, after, limit);
  const byName = (one: Tool, other: Tool) => (one.name < other.name ? -1 : 1);
  return [...custom.map(toTool), ...served.map(toRemoteTool)].sort(byName).slice(0, limit);
}

/** @throws NotFound */
export async function getTool(ctx: OrgContext, { name }: ToolRef): Promise<ToolDetail> {
  requirePermission(ctx, 'tools:read');
  const known = findTool(name) ?? (await findRemote(ctx, name));
  const custom = known ? null : await withTenant(ctx, (tx) => queries.getCustomTool(tx, name));
  const tool = known ?? (custom && toTool(custom));
  if (!tool) throw new NotFound('tool');
  const { inputSchema } = define(tool);
  return { ...toOffered(tool), description: tool.description, inputSchema, custom };
}

async function findRemote(ctx: OrgContext, name: string): Promise<Tool | undefined> {
  if (!name.includes('__')) return undefined;
  const [served] = await withTenant(ctx, (tx) => remote.selectNamed(tx, [name]));
  return served && toRemoteTool(served);
}

/** @throws Conflict when the name is taken, Invalid for parameters named twice or a template without its parameter. */
export async function createTool(ctx: OrgContext, input: CreateToolInput): Promise<CustomTool> {
  requirePermission(ctx, 'tools:write');
  checkTool(input);
  requireSecrets(ctx, input);
  const taken = () => new Conflict(`There is a tool ${input.name} already. Choose another name.`);
  if (findTool(input.name)) throw taken();
  return withTenant(ctx, async (tx) => {
    if ((await queries.countCustomTools(tx)) >= MAX_CUSTOM_TOOLS) {
      throw new LimitExceeded(`An organization has at most ${MAX_CUSTOM_TOOLS} tools of its own. Delete one.`);
    }
    if (!(await queries.insertCustomTool(tx, input))) throw taken();
    const made = await queries.getCustomTool(tx, input.name);
    await audit(tx, 'create', made.id, { after: { name: made.name, action: made.action } });
    return made;
  });
}

/** @throws NotFound; Conflict when somebody saved it after `input.revision`: nothing is written. */
export async function changeTool(ctx: OrgContext, input: ChangeToolInput): Promise<CustomTool> {
  requirePermission(ctx, 'tools:write');
  checkTool(input);
  return withTenant(ctx, async (tx) => {
    const before = await queries.getCustomTool(tx, input.name);
    if (!isDeepStrictEqual(before.action, input.action)) requireSecrets(ctx, input);
    if (!(await queries.updateCustomTool(tx, input))) {
      throw new Conflict('Somebody saved this tool after you opened it. Nothing of yours was written: reload it.');
    }
    const { action, enabled } = before;
    const after = { action: input.action, enabled: input.enabled };
    await audit(tx, 'change', before.id, { before: { action, enabled }, after });
    return queries.getCustomTool(tx, input.name);
  });
}

/** Agents that have it are told that there is no such tool any more. @throws NotFound */
export async function deleteTool(ctx: OrgContext, { name }: ToolRef): Promise<void> {
  requirePermission(ctx, 'tools:write');
  await withTenant(ctx, async (tx) => {
    const id = await queries.deleteCustomTool(tx, name);
    if (!id) throw new NotFound('tool');
    await audit(tx, 'delete', id, { before: { name } });
  });
}

/** @throws Invalid for a spec with a tool that does not exist. */
export async function requireTools(ctx: TenantContext, { tools }: AgentSpec): Promise<void> {
  const others = tools.filter(({ name }) => !findTool(name)).map(({ name }) => name);
  if (others.length === 0) return;
  const known = [
    ...(await queries.selectNamed(ctx, others)).map(({ name }) => name),
    ...(await remote.selectNamed(ctx, others)).map(({ tool }) => tool.name),
  ];
  const at = tools.findIndex(({ name }) => !findTool(name) && !known.includes(name));
  const unknown = tools[at];
  if (!unknown) return;
  const names = BUILT_IN_TOOLS.map(({ name }) => name).join(', ');
  throw new Invalid(`There is no tool ${unknown.name}. Choose from ${names}, or make it first.`, {
    fields: { [`spec.tools.${at}.name`]: 'unknown' },
  });
}

/** Whoever says where a secret is sent could as well read it. @throws Forbidden */
function requireSecrets(ctx: OrgContext, { action }: Pick<CreateToolInput, 'action'>): void {
  if (action.kind === 'http' && secretNamesIn(action).length > 0) requirePermission(ctx, 'secrets:write');
}

const audit = (
  ctx: TenantContext,
  verb: string,
  resourceId: string,
  change: Pick<Parameters<typeof recordAudit>[1], 'before' | 'after'>,
) => recordAudit(ctx, { action: `tool.${verb}`, resourceType: 'tool', resourceId, ...change });

function toOffered({ name, label, does, group, reads, effect, ...tool }: Tool): OfferedTool {
  const { human = false, isCustom = false, server = null, approval = 'auto', disabled = null } = tool;
  return { name, label, does, group, reads, effect, asksPeople: human, isCustom, server, approval, disabled };
}

const ARGUMENT = /\{\{\s*([^}]*?)\s*\}\}/g;

/** What the shape alone cannot tell. */
function checkTool({ parameters, action }: Pick<CreateToolInput, 'parameters' | 'action'>): void {
  const names = parameters.map(({ name }) => name);
  const twice = names.findIndex((name, at) => names.indexOf(name) !== at);
  if (twice >= 0) {
    throw new Invalid(`The parameter ${names[twice]} is there twice. Remove one.`, {
      fields: { [`parameters.${twice}.name`]: 'twice' },
    });
  }
  if (action.kind === 'javascript') {
    const problem = syntaxProblem(action.code);
    if (problem) throw new Invalid(problem, { fields: { 'action.code': problem } });
    return;
  }
  for (const field of ['url', 'query', 'headers', 'body'] as const) {
    for (const [, name = ''] of JSON.stringify(action[field]).matchAll(ARGUMENT)) {
      if (name.startsWith('secret.') || names.includes(name)) continue;
      throw new Invalid(
        `{{${name}}} is neither a parameter nor a secret. Add the parameter, or write {{secret.NAME}}.`,
        {
          fields: { [`action.${field}`]: `{{${name}}} is unknown` },
        },
      );
    }
  }
  requestOf(action, {});
}
