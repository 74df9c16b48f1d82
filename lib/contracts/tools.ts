import { z } from 'zod';
import { text } from './text';

/** What a model calls: a built-in tool, a custom one of the organization, or `<server>__<tool>` of a remote MCP server. */
export const ToolName = text(63).regex(
  /^[a-z][a-z0-9_]{0,62}$/,
  'The name of a tool: lower case letters, digits and _, beginning with a letter.',
);
export type ToolName = z.infer<typeof ToolName>;

/** What a tool is about; the screen shows it by an icon. */
export const ToolGroup = z.enum(['people', 'numbers', 'time', 'web', 'code', 'files', 'data', 'agents', 'custom']);
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
});
export type OfferedTool = z.infer<typeof OfferedTool>;
