import { z } from 'zod';
import { ApprovalMode } from './approvals';
import { StorableJson } from './json';
import type { ToolOrigin } from './openapi';
import { Id, Ordinal, Page, Query } from './paging';
import { name, text } from './text';

/** What a model calls: a built-in tool, a custom one of the organization, or `<server>__<tool>` of a remote MCP server. */
export const ToolName = text(63).regex(
  /^[a-z][a-z0-9_]{0,62}$/,
  'The name of a tool: lower case letters, digits and _, beginning with a letter.',
);
export type ToolName = z.infer<typeof ToolName>;

/** What a tool is about; the screen shows it by an icon. */
export const ToolGroup = z.enum([
  'people',
  'numbers',
  'time',
  'web',
  'code',
  'files',
  'data',
  'agents',
  'custom',
  'remote',
]);
export type ToolGroup = z.infer<typeof ToolGroup>;

/** What comes out of a tool: text of ours, or text that somebody outside may have written. */
export const ToolReads = z.enum(['nothing', 'trusted', 'untrusted']);
export type ToolReads = z.infer<typeof ToolReads>;

/** What a tool does to the world: sends data out, or changes something outside of the run (and may send data with it). */
export const ToolEffect = z.enum(['none', 'sends', 'changes']);
export type ToolEffect = z.infer<typeof ToolEffect>;

/** A tool that an agent can be given. */
export const OfferedTool = z.object({
  name: ToolName,
  label: z.string().describe('What it is called on screen'),
  does: z.string().describe('What it lets an agent do'),
  group: ToolGroup,
  reads: ToolReads,
  effect: ToolEffect,
  asksPeople: z.boolean().describe('A person answers it: nothing is executed'),
  isCustom: z.boolean(),
  server: z.string().nullable().describe('Of a remote MCP server: which'),
  approval: ApprovalMode.describe('For agents that do not say otherwise'),
  disabled: z.string().nullable().describe('Why no agent can use it now'),
});
export type OfferedTool = z.infer<typeof OfferedTool>;

/** Pages of the screen beside those of tools. */
const PAGES = ['new', 'servers', 'import'];

/** What a custom tool takes. */
export const ToolParameter = z.object({
  name: text(40).regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'Letters, digits and _, not beginning with a digit.'),
  type: z.enum(['string', 'number', 'integer', 'boolean', 'json']).default('string'),
  description: text(500).default('').describe('For the model'),
  required: z.boolean().default(true),
  choices: z.array(text(200)).max(50).default([]).describe('Of a string, when only these are taken'),
  schema: StorableJson.optional().describe('Of JSON: the JSON Schema that it fits'),
});
export type ToolParameter = z.infer<typeof ToolParameter>;

const Pair = z.object({ name: text(200).regex(/\S/, 'Write a name.'), value: text(4_000).default('') });

/** `{{name}}` stands for an argument, `{{secret.NAME}}` for a secret. */
export const HttpAction = z.object({
  kind: z.literal('http'),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
  url: text(2_000).regex(
    /^https?:\/\/[^{}/?#\s@]+(?:[/?#]|$)/,
    'An address that begins with https:// or http://, its host written out.',
  ),
  query: z.array(Pair).max(50).default([]).describe('One that names an argument which is not given is left out'),
  headers: z.array(Pair).max(50).default([]),
  body: StorableJson.nullable()
    .default(null)
    .describe('JSON; a text that is only {{name}} becomes the argument itself'),
});
export type HttpAction = z.infer<typeof HttpAction>;

export const JavaScriptAction = z.object({
  kind: z.literal('javascript'),
  code: text(50_000).regex(/\S/, 'Write the function.').describe('Body of an async function that is given `input`'),
});
export type JavaScriptAction = z.infer<typeof JavaScriptAction>;

export const ToolAction = z.discriminatedUnion('kind', [HttpAction, JavaScriptAction]);
export type ToolAction = z.infer<typeof ToolAction>;

const content = {
  label: name(80),
  description: text(1_000).regex(/\S/, 'Say what it does: the model decides by it.').describe('For the model'),
  parameters: z.array(ToolParameter).max(50).default([]),
  action: ToolAction,
  timeoutSeconds: z.number().int().min(1).max(60).default(20),
  retries: z.number().int().min(0).max(3).default(0).describe('When the other side fails for a moment; only of GET'),
  approval: ApprovalMode.default('auto').describe('For agents that do not say otherwise'),
  enabled: z.boolean().default(true),
};

export const CreateToolInput = z.object({
  name: ToolName.refine((value) => !value.includes('__'), 'Two underscores belong to tools of remote servers.').refine(
    (value) => !PAGES.includes(value),
    'This name is taken by a page.',
  ),
  ...content,
});
export type CreateToolInput = z.infer<typeof CreateToolInput>;

export const ToolRef = z.object({ name: ToolName });
export type ToolRef = z.infer<typeof ToolRef>;

/** `revision` is the one it was edited from: an older one is a CONFLICT and changes nothing. */
export const ChangeToolInput = z.object({ name: ToolName, revision: Ordinal, ...content });
export type ChangeToolInput = z.infer<typeof ChangeToolInput>;

export const CustomTool = CreateToolInput.extend({
  id: Id,
  revision: z.number(),
  createdAt: z.date(),
  updatedAt: z.date(),
  updatedByName: z.string().nullable(),
  origin: z.custom<ToolOrigin>().nullable().describe('The operation of an OpenAPI document that it was made from'),
});
export type CustomTool = z.infer<typeof CustomTool>;

export const ListToolsInput = Page.extend({ query: Query });
export type ListToolsInput = z.infer<typeof ListToolsInput>;

/** One tool with what a model is told of it. */
export const ToolDetail = OfferedTool.extend({
  description: z.string(),
  inputSchema: StorableJson.describe('JSON Schema of the arguments'),
  custom: CustomTool.nullable(),
});
export type ToolDetail = z.infer<typeof ToolDetail>;

/** Runs a tool by itself. With an agent, it finds what the agent's draft attaches. */
export const TryToolInput = z.object({ name: ToolName, input: StorableJson, agentId: Id.optional() });
export type TryToolInput = z.infer<typeof TryToolInput>;

export const TriedTool = z.object({
  ok: z.boolean(),
  output: StorableJson.describe('null when it failed'),
  error: z.string().nullable(),
  milliseconds: z.number(),
});
export type TriedTool = z.infer<typeof TriedTool>;
