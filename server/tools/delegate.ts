import { z } from 'zod';
import type { AgentTool } from '@/lib/contracts/agents';
import type { ModelSpanInput } from '@/lib/contracts/runs';
import { PreconditionFailed } from '../errors';
import { machineTool } from './tool';

type ToolDefinition = ModelSpanInput['tools'][number];

/** What an agent may do with `delegate`: whom it may ask, by name. */
export const DelegateSettings = z.object({ agents: z.array(z.string().max(100)).max(20).default([]) });

export const DelegateInput = z.object({
  agent: z.string().max(100).describe('Name of the agent'),
  task: z.string().min(1).max(50_000).describe('Everything it has to know: it sees nothing of this conversation'),
});

/** The agents that a model may ask. */
export const delegatesOf = (tools: readonly AgentTool[]): string[] =>
  DelegateSettings.safeParse(tools.find(({ name }) => name === delegate.name)?.settings ?? {}).data?.agents ?? [];

/** Tells the model whom it may ask. */
export function tellAgents(definitions: ToolDefinition[], tools: readonly AgentTool[]): ToolDefinition[] {
  const agents = delegatesOf(tools);
  if (agents.length === 0) return definitions;
  return definitions.map((tool) =>
    tool.name === delegate.name ? { ...tool, description: `${tool.description} Agents: ${agents.join(', ')}.` } : tool,
  );
}

/** Done by the engine as a run of its own: `server/runs/delegation.ts`. */
export const delegate = machineTool({
  name: 'delegate',
  label: 'Delegate',
  does: 'Gives a task to another agent and waits for its answer.',
  group: 'agents',
  // What the other agent has read is known when it has ended.
  reads: 'trusted',
  effect: 'none',
  description: 'Gives a task to another agent and returns its answer.',
  inputSchema: DelegateInput,
  timeoutMs: 1_000,
  delegates: true,
  run() {
    throw new PreconditionFailed('Only an agent in a run can delegate: give it this tool and try the agent.');
  },
});
