import type { AgentTool } from '@/lib/contracts/agents';
import type { TenantContext } from '../context';
import { toTool } from './custom-tool';
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
  const custom = new Map((await queries.selectNamed(ctx, others)).map((tool) => [tool.name, toTool(tool)]));
  return {
    find: (name) => findTool(name) ?? custom.get(name),
    definitions: () =>
      names.flatMap((name) => {
        const tool = custom.get(name);
        if (!tool) return toolDefinitions([name]);
        return tool.disabled ? [] : [define(tool)];
      }),
  };
}
