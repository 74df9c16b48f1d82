import { z } from 'zod';
import { Json } from '@/lib/contracts/json';
import type { ModelSpanInput } from '@/lib/contracts/runs';
import { askHuman } from './ask-human';
import { calculator } from './calculator';
import { codeInterpreter } from './code-interpreter';
import { CONNECTOR_TOOLS } from './connector-tools';
import { currentTime } from './current-time';
import { delegate } from './delegate';
import { fetchPage } from './fetch-page';
import { listFiles, readFile, writeFile } from './files';
import { httpRequest } from './http-request';
import type { Tool } from './tool';
import { webSearch } from './web-search';

/** Every built-in tool, in the order in which the screen shows them. */
export const BUILT_IN_TOOLS: readonly Tool[] = [
  calculator,
  currentTime,
  codeInterpreter,
  webSearch,
  fetchPage,
  httpRequest,
  writeFile,
  readFile,
  listFiles,
  delegate,
  askHuman,
  ...CONNECTOR_TOOLS,
];

const byName = new Map(BUILT_IN_TOOLS.map((tool) => [tool.name, tool]));

/** What a model is told of a tool. */
export type ToolDefinition = ModelSpanInput['tools'][number];

/** The tool a model named; undefined when it made the name up. */
export const findTool = (name: string): Tool | undefined => byName.get(name);

const definitions = new Map<string, ToolDefinition>();

/** What to tell a model of these tools: name, description, JSON Schema (2020-12) of the arguments. */
export const toolDefinitions = (names: readonly string[]): ToolDefinition[] =>
  names.flatMap((name) => {
    const known = definitions.get(name);
    if (known) return [known];
    const tool = findTool(name);
    if (!tool) return [];
    const definition = define(tool);
    definitions.set(name, definition);
    return [definition];
  });

export function define(tool: Tool): ToolDefinition {
  if (tool.jsonSchema !== undefined) {
    return { name: tool.name, description: tool.description, inputSchema: tool.jsonSchema };
  }
  const { $schema: _, ...schema } = z.toJSONSchema(tool.inputSchema, { io: 'input', unrepresentable: 'any' });
  return { name: tool.name, description: tool.description, inputSchema: Json.parse(schema) };
}

export { runTool, type ToolResult } from './run-tool';
export type { Tool } from './tool';
