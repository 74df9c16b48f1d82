import type { z } from 'zod';
import type { AgentSpec } from '@/lib/contracts/agents';
import type { ApprovalMode } from '@/lib/contracts/approvals';
import type { JsonValue } from '@/lib/contracts/json';
import type { OfferedTool } from '@/lib/contracts/tools';
import type { OrgContext } from '../context';
import type { GuardedFetch } from '../http/guarded';
import type { Asker } from '../turns';

interface Definition<Input extends z.ZodType>
  extends Pick<OfferedTool, 'name' | 'label' | 'does' | 'group' | 'reads' | 'effect'> {
  isCustom?: boolean;
  /** Of a remote MCP server: which. */
  server?: string;
  /** For agents that do not say otherwise; `auto` when it is not here. */
  approval?: ApprovalMode;
  /** Why nobody can use it now; a call of it fails with this. */
  disabled?: string;
  /** Read by the model: says when to use the tool, in few words. */
  description: string;
  inputSchema: Input;
  /** What models are told of the arguments, when somebody outside wrote it. */
  jsonSchema?: JsonValue;
}

export interface ToolEnvironment {
  /** Aborted when the run is cancelled, out of time, or the tool past its time-out. */
  signal: AbortSignal;
  /** The only way out. */
  http: GuardedFetch;
  /** Outside of any transaction, with the rights that whoever started the run has now. A tool opens short ones of its own. */
  ctx: OrgContext;
  /** The run that calls and its frozen spec; undefined when a person tries the tool by itself. */
  runId?: string;
  agentId?: string;
  /** Whose secrets come before the organization's. */
  workspaceId?: string;
  spec?: AgentSpec;
}

/** For what waits for its turn beside the work of others. */
export const askerOf = ({ ctx, signal }: ToolEnvironment): Asker => ({ orgId: ctx.org.id, signal });

/** A tool that this server runs. A thrown DomainError is told to the model. */
export interface MachineTool<Input extends z.ZodType = z.ZodType> extends Definition<Input> {
  human?: false;
  /** Its work is a run of another agent, which the engine begins and waits for. */
  delegates?: true;
  /** Asks nobody for anything, reads nothing and is over in no time: a call of it is recorded when it is done. */
  isInstant?: true;
  timeoutMs: number;
  /**
   * Where a call of it sends what it is given, for tools with an effect: compared with the hosts that an agent may still call
   * when it has read untrusted text. `isBare`: nothing is sent but the address.
   */
  target?(input: z.infer<Input>): { url: string; isBare: boolean };
  run(input: z.infer<Input>, environment: ToolEnvironment): JsonValue | Promise<JsonValue>;
}

/** A tool that a person answers: the run waits, nothing is executed here. */
export interface HumanTool<Input extends z.ZodType = z.ZodType> extends Definition<Input> {
  human: true;
}

export type Tool = MachineTool | HumanTool;

/** Checks that `run` takes what `inputSchema` says, and forgets which input that is. */
export const machineTool = <Input extends z.ZodType>(tool: MachineTool<Input>): MachineTool => tool;
