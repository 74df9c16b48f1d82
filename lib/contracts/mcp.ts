import { z } from 'zod';
import { ApprovalMode } from './approvals';
import { StorableJson } from './json';
import { Id, Ordinal } from './paging';
import { SECRET_REFERENCE } from './secrets';
import { text } from './text';
import { ToolName } from './tools';

/** The first part of `<server>__<tool>`. */
export const McpServerName = z
  .string()
  .regex(
    /^[a-z](?:_?[a-z0-9]){0,23}$/,
    'Lower case letters, digits and single _, beginning with a letter; at most 24.',
  );

const namesSecret = (value: string) => new RegExp(SECRET_REFERENCE).test(value);
const secretText = text(1_000).refine(
  namesSecret,
  'Write {{secret.NAME}} where the secret belongs; keep its value in Settings › Secrets.',
);

/** What a server is shown; what is secret of it is named, never written. */
export const McpAuth = z.discriminatedUnion('type', [
  z.object({ type: z.literal('none') }),
  z.object({ type: z.literal('bearer'), token: secretText }),
  z.object({
    type: z.literal('header'),
    name: text(100).regex(/^[a-zA-Z0-9_-]+$/, 'The name of a header: letters, digits, - and _.'),
    value: secretText,
  }),
]);
export type McpAuth = z.infer<typeof McpAuth>;

const content = {
  description: text(200).default('').describe('For people'),
  url: text(2_000).regex(
    /^https?:\/\/[^{}/?#\s@]+(?:[/?][^{}#\s]*)?$/,
    'An address that begins with https:// or http://, without user, secret or #.',
  ),
  auth: McpAuth.default({ type: 'none' }),
  timeoutSeconds: z.number().int().min(1).max(120).default(30).describe('Of a call'),
};

export const CreateMcpServerInput = z.object({ name: McpServerName, ...content });
export type CreateMcpServerInput = z.infer<typeof CreateMcpServerInput>;

export const McpServerRef = z.object({ name: McpServerName });
export type McpServerRef = z.infer<typeof McpServerRef>;

/** `revision` is the one it was edited from: an older one is a CONFLICT and changes nothing. */
export const ChangeMcpServerInput = CreateMcpServerInput.extend({ revision: Ordinal });
export type ChangeMcpServerInput = z.infer<typeof ChangeMcpServerInput>;

/** What a server says of one of its tools, without what does not belong into it. Data: nothing in it is obeyed. */
export const RemoteTool = z.object({
  remoteName: z.string().describe('As the server calls it'),
  label: z.string(),
  description: z.string(),
  inputSchema: StorableJson,
  readOnly: z.boolean().describe('The server says that it changes nothing'),
});
export type RemoteTool = z.infer<typeof RemoteTool>;

/** `changed`, `new`: what the server says now waits for consent. `gone`: it says nothing of it any more. */
export const McpToolState = z.enum(['accepted', 'changed', 'new', 'gone', 'removed']);
export type McpToolState = z.infer<typeof McpToolState>;

export const McpTool = RemoteTool.extend({
  name: ToolName,
  state: McpToolState,
  changedAt: z.date(),
  /** What the server says now, when consent is missing. */
  offered: RemoteTool.nullable(),
  offeredHash: z.string().nullable(),
  enabled: z.boolean(),
  approval: ApprovalMode.nullable().describe('null: runs by itself when it changes nothing, else asks'),
  disabled: z.string().nullable().describe('Why no agent can use it now'),
});
export type McpTool = z.infer<typeof McpTool>;

export const McpServerState = z.enum(['untested', 'ok', 'broken']);
export type McpServerState = z.infer<typeof McpServerState>;

export const McpServer = z.object({
  id: Id,
  name: McpServerName,
  description: z.string(),
  url: z.string(),
  auth: McpAuth,
  timeoutSeconds: z.number(),
  state: McpServerState,
  stateMessage: z.string(),
  checkedAt: z.date().nullable(),
  revision: z.number(),
  updatedAt: z.date(),
  updatedByName: z.string().nullable(),
  tools: z.number(),
  waiting: z.number().describe('Tools whose text waits for consent'),
});
export type McpServer = z.infer<typeof McpServer>;

export const McpServerDetail = McpServer.extend({ list: z.array(McpTool) });
export type McpServerDetail = z.infer<typeof McpServerDetail>;

export const ChangeMcpToolInput = z.object({
  tool: ToolName,
  enabled: z.boolean(),
  approval: ApprovalMode.nullable(),
});
export type ChangeMcpToolInput = z.infer<typeof ChangeMcpToolInput>;

/** `hash` is of the text that was read: another one since is a CONFLICT. */
export const JudgeMcpToolInput = z.object({
  tool: ToolName,
  decision: z.enum(['approve', 'remove']),
  hash: text(64).describe('Of what the server says now'),
});
export type JudgeMcpToolInput = z.infer<typeof JudgeMcpToolInput>;
