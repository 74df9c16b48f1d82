import type { CallToolResult, MCPClient } from '@ai-sdk/mcp';
import type { JsonValue } from '@/lib/contracts/json';
import type { McpAuth } from '@/lib/contracts/mcp';
import { type OrgContext, withTenant } from '../../context';
import { Forbidden, Invalid, Upstream } from '../../errors';
import { redact } from '../../secrets/redaction';
import { resolveSecrets, type SecretUse } from '../../secrets/resolve';
import { inputOf } from '../json-schema-input';
import { type MachineTool, machineTool } from '../tool';
import { type Remote, withServer } from './connection';
import { plainText } from './plain-text';
import * as queries from './queries';

/** A tool of a remote MCP server as the engine runs it. */
export function toTool({ tool, server }: queries.ServedTool): MachineTool {
  const { name, remoteName, label, description, inputSchema, readOnly, hash } = tool;
  return machineTool({
    name,
    label,
    does: description,
    description,
    server: server.name,
    group: 'remote',
    reads: 'untrusted',
    effect: readOnly ? 'sends' : 'changes',
    approval: approvalOf(tool),
    disabled: disabledBecause({ tool, server }),
    get inputSchema() {
      return inputOf(inputSchema, hash);
    },
    jsonSchema: inputSchema,
    timeoutMs: server.timeoutSeconds * 1_000,
    target: () => ({ url: server.url, isBare: false }),
    async run(input, { ctx, signal, runId, workspaceId }) {
      const remote = await toRemote(ctx, server, { runId, workspaceId });
      try {
        const result = await withServer(remote, signal, (client, stop) => {
          // Some servers want arguments in headers; only the definition tells the client which.
          client.toolsFromDefinitions({
            tools: [{ name: remoteName, inputSchema: inputSchema as Record<string, JsonValue> }],
          });
          return client.callTool({
            name: remoteName,
            arguments: input as Parameters<MCPClient['callTool']>[0]['arguments'],
            options: { signal: stop },
          });
        });
        return outputOf(result, server.name);
      } catch (error) {
        const isAway = (error instanceof Upstream && error.retriable) || error instanceof Forbidden;
        if (isAway) {
          const stateMessage = redact(ctx.org.id, error.message);
          await withTenant(ctx, (tx) => queries.noteState(tx, server, { state: 'broken', stateMessage }));
        }
        throw error;
      }
    },
  });
}

/** For agents that do not say otherwise. */
const approvalOf = ({ approval, readOnly }: queries.StoredMcpTool) => approval ?? (readOnly ? 'auto' : 'ask');

const day = (at: Date): string => at.toISOString().slice(0, 10);

/** Why nobody can use a tool of a server now. */
export function disabledBecause({ tool, server }: queries.ServedTool): string | undefined {
  const { name, state, changedAt } = tool;
  if (state === 'removed') return `${name} was removed.`;
  if (state === 'gone') return `${server.name} has had no tool ${tool.remoteName} since ${day(changedAt)}.`;
  if (state === 'new') return `${name} came on ${day(changedAt)}, and nobody has approved it.`;
  if (state === 'changed') {
    return `The server changed what it says of ${name} on ${day(changedAt)}, and nobody has approved that.`;
  }
  if (!tool.enabled) return `${name} is switched off.`;
  if (server.state === 'broken') return `The server of ${name} is away: ${server.stateMessage}`;
  return undefined;
}

/** Where a server is, with its secrets filled in. */
export async function toRemote(ctx: OrgContext, server: queries.StoredServer, use: SecretUse = {}): Promise<Remote> {
  const { text: headers } = await resolveSecrets(ctx, headersOf(server.auth), use);
  return { orgId: ctx.org.id, name: server.name, url: server.url, headers };
}

function headersOf(auth: McpAuth): Record<string, string> {
  if (auth.type === 'none') return {};
  return auth.type === 'bearer' ? { authorization: `Bearer ${auth.token}` } : { [auth.name]: auth.value };
}

/** What a tool gave, pictures and other data named and not shown. @throws Invalid for what the tool calls an error. */
function outputOf(result: CallToolResult, server: string): JsonValue {
  const parts = 'content' in result && Array.isArray(result.content) ? result.content : [];
  const text = parts.map(textOf).join('\n');
  if (result.isError) throw new Invalid(plainText(text, 10_000) || `${server} calls it an error and says no more.`);
  const { structuredContent } = result;
  return structuredContent === undefined || structuredContent === null ? text : (structuredContent as JsonValue);
}

function textOf(part: { type: string; [member: string]: unknown }): string {
  const kind = typeof part.mimeType === 'string' ? plainText(part.mimeType, 100) : part.type;
  if (part.type === 'text') return String(part.text);
  if (part.type === 'resource_link') return `[${kind}: ${plainText(String(part.uri), 500)}]`;
  const { resource } = part;
  if (typeof resource === 'object' && resource !== null) {
    if ('text' in resource) return String(resource.text);
    return `[${'uri' in resource ? plainText(String(resource.uri), 500) : 'data'}, not shown]`;
  }
  const bytes = typeof part.data === 'string' ? Math.floor((part.data.length * 3) / 4) : 0;
  return `[${kind}, ${bytes.toLocaleString('en')} bytes, not shown]`;
}
