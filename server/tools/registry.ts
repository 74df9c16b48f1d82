import { z } from 'zod';
import { Json } from '@/lib/contracts/json';
import type { ModelSpanInput } from '@/lib/contracts/runs';
import type { ToolName } from '@/lib/contracts/tools';
import { askHuman } from './ask-human';
import { calculator } from './calculator';
import { currentTime } from './current-time';
import { httpRequest } from './http-request';
import type { Tool } from './tool';

/** Every tool there is. */
const TOOLS: Record<ToolName, Tool> = {
  calculator,
  current_time: currentTime,
  http_request: httpRequest,
  ask_human: askHuman,
};

/** What a model is told of a tool. */
export type ToolDefinition = ModelSpanInput['tools'][number];

/** The tool a model named; undefined when it made the name up. */
export const findTool = (name: string): Tool | undefined =>
  Object.hasOwn(TOOLS, name) ? TOOLS[name as ToolName] : undefined;

const definitions = new Map<ToolName, ToolDefinition>();

/** What to tell a model of these tools: name, description, JSON Schema (2020-12) of the arguments. */
export function toolDefinitions(names: readonly ToolName[]): ToolDefinition[] {
  return names.map((name) => {
    const known = definitions.get(name) ?? define(TOOLS[name]);
    definitions.set(name, known);
    return known;
  });
}

function define(tool: Tool): ToolDefinition {
  const { $schema: _, ...schema } = z.toJSONSchema(tool.inputSchema, { io: 'input' });
  return { name: tool.name, description: tool.description, inputSchema: Json.parse(schema) };
}

export { runTool, type ToolResult } from './run-tool';
export type { Tool } from './tool';
