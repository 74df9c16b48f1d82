import type { AgentSpec } from '@/lib/contracts/agents';
import { MAX_CORRECTIONS, readOutput } from '@/lib/structured-output';
import type { AssistantMessage, Turn } from './transcript';

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
