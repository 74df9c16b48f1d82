import type { AgentSpec } from '@/lib/contracts/agents';
import type { CheckableSchema } from '@/lib/contracts/json-schema';
import { MAX_CORRECTIONS } from '@/lib/structured-output';
import { checkBounded } from '../bounded-check';
import type { AssistantMessage, Turn } from './transcript';

const MAX_PROBLEMS = 5;

/**
 * An answer by the schema of the agent, if it has one: the JSON alone, or the answer marked with why it does not fit, so
 * that the model is asked again; with `error` when it was asked often enough.
 */
export function judgeAnswer({ spec, turns }: { spec: AgentSpec; turns: readonly Turn[] }, answer: AssistantMessage) {
  if (!spec.output || answer.toolCalls.length > 0) return { message: answer };
  const read = readOutput(spec.output.schema, answer.content);
  if ('json' in read) return { message: { ...answer, content: read.json } };
  const message: AssistantMessage = { ...answer, rejected: read.problem };
  if (turns.filter((turn) => turn.answer.rejected).length < MAX_CORRECTIONS) return { message };
  const error = {
    code: 'output_invalid' as const,
    message: `The model did not give an answer of the agent's shape in ${MAX_CORRECTIONS + 1} attempts. The last one: ${read.problem}. Make the schema simpler, or choose another model.`,
  };
  return { message, error };
}

/** Reads an answer by its schema: the JSON without what stands around it, or what is wrong with it. */
export function readOutput(schema: CheckableSchema, text: string): { json: string } | { problem: string } {
  const json = /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/i.exec(text)?.[1]?.trim() ?? text.trim();
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { problem: 'it is not JSON' };
  }
  const parsed = checkBounded(schema, value);
  if (parsed.success) return { json };
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`);
  return { problem: problems.slice(0, MAX_PROBLEMS).join('; ').replace(/\.$/, '') };
}
