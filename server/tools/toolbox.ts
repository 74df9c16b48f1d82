import type { AgentTool } from '@/lib/contracts/agents';
import type { TenantContext } from '../context';
import { toTool } from './custom-tool';
import { selectNamed } from './mcp/queries';
import { refreshDue } from './mcp/refresh';
import { toTool as toRemoteTool } from './mcp/remote-tool';
import * as queries from './queries';
import { define, findTool, type ToolDefinition, toolDefinitions } from './registry';
import type { Tool } from './tool';

/** The tools an agent is given: what its models are told of them, and what runs when one is called. */
export interface Toolbox {
  find(name: string): Tool | undefined;
  definitions(): ToolDefinition[];
}

/** Costs nothing for an agent that has built-in tools alone. */
export async function openToolbox(ctx: TenantContext, tools: readonly Pick<AgentTool, 'name'>[]): Promise<Toolbox> {
  const names = tools.map(({ name }) => name);
  const others = names.filter((name) => !findTool(name));
  if (others.length === 0) return { find: findTool, definitions: () => toolDefinitions(names) };
  const made = new Map((await openOthers(ctx, others)).map((tool) => [tool.name, tool]));
  return {
    find: (name) => findTool(name) ?? made.get(name),
    definitions: () =>
      names.flatMap((name) => {
        const tool = made.get(name);
        if (!tool) return toolDefinitions([name]);
        return tool.disabled ? [] : [define(tool)];
      }),
  };
}

/** Those of people and those of remote servers: which they are is in their names. */
async function openOthers(ctx: TenantContext, names: readonly string[]): Promise<Tool[]> {
  const isRemote = (name: string) => name.includes('__');
  const remote = names.filter(isRemote);
  const custom = names.filter((name) => !isRemote(name));
  const [made, served] = await Promise.all([
    custom.length > 0 ? queries.selectNamed(ctx, custom) : [],
    remote.length > 0 ? selectNamed(ctx, remote) : [],
  ]);
  refreshDue(
    ctx,
    served.map(({ server }) => server),
  );
  return [...made.map(toTool), ...served.map(toRemoteTool)];
}
