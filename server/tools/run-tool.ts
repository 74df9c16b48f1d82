import { z } from 'zod';
import type { JsonValue } from '@/lib/contracts/json';
import { DomainError } from '../errors';
import { orAborted } from '../http/or-aborted';
import { log } from '../log';
import { toStorableJson } from './storable-json';
import type { MachineTool, ToolEnvironment } from './tool';

/** A tool-level failure is a result too: the model reads `error` and may do better. */
export type ToolResult = { ok: true; output: JsonValue } | { ok: false; error: string };

/** Characters of JSON a tool takes. */
const MAX_TOOL_INPUT = 1_000_000;
/** Characters of JSON a tool may hand to a model. */
export const MAX_TOOL_OUTPUT = 100_000;

/**
 * Runs a tool on the arguments a model made up, within the tool's time-out and the output limit.
 * @throws only when `signal` is aborted: its reason. Every other failure is in the result.
 */
export async function runTool(tool: MachineTool, rawInput: unknown, environment: ToolEnvironment): Promise<ToolResult> {
  const { signal } = environment;
  signal.throwIfAborted();
  if ((JSON.stringify(rawInput) ?? '').length > MAX_TOOL_INPUT) {
    return {
      ok: false,
      error: `The arguments of ${tool.name} are longer than ${MAX_TOOL_INPUT} characters. Send less.`,
    };
  }
  const input = tool.inputSchema.safeParse(rawInput);
  if (!input.success) {
    return {
      ok: false,
      error: `The arguments of ${tool.name} are not valid. ${z.prettifyError(input.error)}`.slice(0, 2_000),
    };
  }
  const timeout = AbortSignal.timeout(tool.timeoutMs);
  const either = AbortSignal.any([signal, timeout]);
  const runNow = async () => tool.run(input.data, { ...environment, signal: either });
  try {
    const output = toStorableJson(await orAborted(runNow(), either));
    if (JSON.stringify(output).length > MAX_TOOL_OUTPUT) {
      return {
        ok: false,
        error: `The result of ${tool.name} is longer than ${MAX_TOOL_OUTPUT} characters. Ask for less.`,
      };
    }
    return { ok: true, output };
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted)
      return { ok: false, error: `${tool.name} took longer than ${tool.timeoutMs / 1000} s and was stopped.` };
    if (error instanceof DomainError) return { ok: false, error: error.message };
    log.error({ err: error, tool: tool.name }, 'tool failed unexpectedly');
    return { ok: false, error: `${tool.name} failed for a reason of its own. Try something else.` };
  }
}
