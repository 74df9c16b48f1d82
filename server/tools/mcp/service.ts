import { isDeepStrictEqual } from 'node:util';
import type {
  ChangeMcpServerInput,
  ChangeMcpToolInput,
  CreateMcpServerInput,
  JudgeMcpToolInput,
  McpServer,
  McpServerDetail,
  McpServerRef,
} from '@/lib/contracts/mcp';
import { recordAudit } from '../../audit/service';
import { type OrgContext, requirePermission, type TenantContext, withTenant } from '../../context';
import { Conflict, LimitExceeded, NotFound } from '../../errors';
import { parseTarget } from '../../http/target';
import * as queries from './queries';
import { readTools } from './refresh';
import { disabledBecause } from './remote-tool';

const MAX_SERVERS = 50;

export async function listServers(ctx: OrgContext): Promise<McpServer[]> {
  requirePermission(ctx, 'tools:read');
  return withTenant(ctx, (tx) => queries.selectServers(tx));
}

/** A server with its tools, those that were removed too. @throws NotFound */
export async function getServer(ctx: OrgContext, { name }: McpServerRef): Promise<McpServerDetail> {
  requirePermission(ctx, 'tools:read');
  return withTenant(ctx, (tx) => read(tx, name));
}

/** Connects at once; whether that worked is the state of the server. @throws Conflict when the name is taken. */
export async function createServer(ctx: OrgContext, input: CreateMcpServerInput): Promise<McpServerDetail> {
  requirePermission(ctx, 'tools:write');
  requireSecrets(ctx, input);
  parseTarget(input.url);
  const server = await withTenant(ctx, async (tx) => {
    if ((await queries.countServers(tx)) >= MAX_SERVERS) {
      throw new LimitExceeded(`An organization has at most ${MAX_SERVERS} MCP servers. Delete one.`);
    }
    const id = await queries.insertServer(tx, input);
    if (!id) throw new Conflict(`There is an MCP server ${input.name} already. Choose another name.`);
    await audit(tx, 'create', id, { name: input.name, url: input.url, auth: input.auth });
    return queries.getServer(tx, input.name);
  });
  await readTools(ctx, server);
  return withTenant(ctx, (tx) => read(tx, input.name));
}

/** Connects again. @throws NotFound; Conflict when somebody saved it after `input.revision`: nothing is written. */
export async function changeServer(ctx: OrgContext, input: ChangeMcpServerInput): Promise<McpServerDetail> {
  requirePermission(ctx, 'tools:write');
  parseTarget(input.url);
  const server = await withTenant(ctx, async (tx) => {
    const before = await queries.getServer(tx, input.name);
    if (before.url !== input.url || !isDeepStrictEqual(before.auth, input.auth)) requireSecrets(ctx, input);
    if (!(await queries.updateServer(tx, before.id, input))) {
      throw new Conflict('Somebody saved this server after you opened it. Nothing of yours was written: reload it.');
    }
    const { url, auth } = before;
    await audit(tx, 'change', before.id, { url: input.url, auth: input.auth }, { url, auth });
    return queries.getServer(tx, input.name);
  });
  await readTools(ctx, server);
  return withTenant(ctx, (tx) => read(tx, input.name));
}

/** Its tools go with it: agents that have them are told that there are no such tools any more. @throws NotFound */
export async function deleteServer(ctx: OrgContext, { name }: McpServerRef): Promise<void> {
  requirePermission(ctx, 'tools:write');
  await withTenant(ctx, async (tx) => {
    const id = await queries.deleteServer(tx, name);
    if (!id) throw new NotFound('MCP server');
    await audit(tx, 'delete', id, undefined, { name });
  });
}

/** Reads its tools again. @throws NotFound */
export async function refreshServer(ctx: OrgContext, { name }: McpServerRef): Promise<McpServerDetail> {
  requirePermission(ctx, 'tools:write');
  const server = await withTenant(ctx, async (tx) => {
    const found = await queries.getServer(tx, name);
    await audit(tx, 'refresh', found.id, { name });
    return found;
  });
  await readTools(ctx, server);
  return withTenant(ctx, (tx) => read(tx, name));
}

/** @throws NotFound */
export async function changeServerTool(ctx: OrgContext, input: ChangeMcpToolInput): Promise<McpServerDetail> {
  requirePermission(ctx, 'tools:write');
  const { tool: name, enabled, approval } = input;
  return withTenant(ctx, async (tx) => {
    const { tool, server } = await queries.getTool(tx, name);
    await queries.updateTool(tx, { id: tool.id, enabled, approval }, false);
    const before = { name, enabled: tool.enabled, approval: tool.approval };
    await auditTool(tx, 'change', tool.id, { name, enabled, approval }, before);
    return read(tx, server.name);
  });
}

/**
 * Says of what the server tells by now that models may be told it, or takes the tool away.
 * @throws NotFound; Conflict when the server says something else than what was read.
 */
export async function judgeServerTool(ctx: OrgContext, input: JudgeMcpToolInput): Promise<McpServerDetail> {
  requirePermission(ctx, 'tools:write');
  const { tool: name, decision, hash } = input;
  return withTenant(ctx, async (tx) => {
    const { tool, server } = await queries.getTool(tx, name);
    if ((tool.offeredHash ?? tool.hash) !== hash) {
      throw new Conflict(`The server says something else of ${name} by now. Read that first.`);
    }
    const { id, offered } = tool;
    const accepted = { ...offered, hash, state: 'accepted', offered: null, offeredHash: null } as const;
    await queries.updateTool(tx, decision === 'approve' ? { id, ...accepted } : { id, state: 'removed' });
    await auditTool(tx, decision, id, { name, hash }, { name, hash: tool.hash });
    return read(tx, server.name);
  });
}

async function read(tx: TenantContext, name: string): Promise<McpServerDetail> {
  const [shown] = await queries.selectServers(tx, name);
  if (!shown) throw new NotFound('MCP server');
  const server = await queries.getServer(tx, name);
  const tools = await queries.selectTools(tx, server.id);
  const list = tools.map(({ orgId: _, id: __, serverId: ___, hash, ...tool }) => ({
    ...tool,
    offeredHash: tool.offeredHash ?? hash,
    disabled: disabledBecause({ tool: { orgId: _, id: __, serverId: ___, hash, ...tool }, server }) ?? null,
  }));
  return { ...shown, list };
}

/** Whoever says where a secret is sent could as well read it. @throws Forbidden */
function requireSecrets(ctx: OrgContext, { auth }: Pick<CreateMcpServerInput, 'auth'>): void {
  if (auth.type !== 'none') requirePermission(ctx, 'secrets:write');
}

type Told = Parameters<typeof recordAudit>[1]['after'];

const audit = (tx: TenantContext, verb: string, resourceId: string, after?: Told, before?: Told) =>
  recordAudit(tx, { action: `mcp-server.${verb}`, resourceType: 'mcp-server', resourceId, before, after });
const auditTool = (tx: TenantContext, verb: string, resourceId: string, after: Told, before: Told) =>
  recordAudit(tx, { action: `tool.${verb}`, resourceType: 'tool', resourceId, before, after });
