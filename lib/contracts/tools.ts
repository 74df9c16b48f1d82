import { z } from 'zod';

export const TOOL_NAMES = ['calculator', 'current_time', 'http_request', 'ask_human'] as const;
export const ToolName = z.enum(TOOL_NAMES);
export type ToolName = z.infer<typeof ToolName>;

/** What a tool is called on screen, and what it lets an agent do. */
export const TOOL_LABELS: Record<ToolName, { label: string; does: string }> = {
  calculator: { label: 'Calculator', does: 'Works out an arithmetic expression exactly.' },
  current_time: { label: 'Current time', does: 'Tells date and time in a time zone.' },
  http_request: { label: 'HTTP request', does: 'Calls a public address and reads the answer.' },
  ask_human: { label: 'Ask a human', does: 'Asks a person and waits for the answer, for days if need be.' },
};
