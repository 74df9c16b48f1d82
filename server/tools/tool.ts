import type { z } from 'zod';
import type { JsonValue } from '@/lib/contracts/json';
import type { ToolName } from '@/lib/contracts/tools';
import type { GuardedFetch } from '../http/guarded';

interface Definition<Input extends z.ZodType> {
  name: ToolName;
  /** Read by the model: says when to use the tool, in few words. */
  description: string;
  inputSchema: Input;
}

export interface ToolEnvironment {
  signal: AbortSignal;
  /** The only way out. */
  http: GuardedFetch;
}

/** A tool that this server runs. A thrown DomainError is told to the model. */
export interface MachineTool<Input extends z.ZodType = z.ZodType> extends Definition<Input> {
  human?: false;
  timeoutMs: number;
  run(input: z.infer<Input>, environment: ToolEnvironment): JsonValue | Promise<JsonValue>;
}

/** A tool that a person answers: the run waits, nothing is executed here. */
export interface HumanTool<Input extends z.ZodType = z.ZodType> extends Definition<Input> {
  human: true;
}

export type Tool = MachineTool | HumanTool;

/** Checks that `run` takes what `inputSchema` says, and forgets which input that is. */
export const machineTool = <Input extends z.ZodType>(tool: MachineTool<Input>): MachineTool => tool;
