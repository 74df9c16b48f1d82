import type { FrozenSpec } from '@/lib/contracts/agents';
import type { JsonValue } from '@/lib/contracts/json';
import type { ModelSpanInput, TranscriptMessage } from '@/lib/contracts/runs';
import { expandedInstructions } from '@/lib/partials';
import { correctionOf, outputInstruction } from '@/lib/structured-output';
import { fillTemplate } from '@/lib/template';
import { tellConnections } from '../tools/connector-tools';
import { tellAgents } from '../tools/delegate';
import type { Toolbox } from '../tools/toolbox';

export type AssistantMessage = Extract<TranscriptMessage, { role: 'assistant' }>;

/** What a tool call gave, as its span keeps it. */
interface ToolOutcome {
  output: JsonValue;
  isError: boolean;
  /** Of a task that was given to another agent: what its run cost. */
  costMicros?: number;
  /** It brought in text from outside, itself or by the run of another agent. */
  taints?: boolean;
  /** A person approved other arguments than the model gave. */
  edited?: { by: string | null; arguments: JsonValue };
}

/** One turn: what the model said and what the tools it called answered, in the order of the calls. */
export interface Turn {
  answer: AssistantMessage;
  results: ToolOutcome[];
}

/** What a run starts from; frozen with it. */
export interface RunStart {
  spec: FrozenSpec;
  toolbox: Toolbox;
  variables: Record<string, string>;
  input: string;
  /** Earlier exchanges of the conversation, oldest first. */
  history: { input: string; output: string }[];
  /** The conversation, or the run that asked for this one, had read untrusted text before. */
  isTainted: boolean;
}

/**
 * Exactly what the model is sent after `turns`. Computed, never stored: a loop of n turns would store its beginning n
 * times over. The run page computes it again with this same function.
 */
export function modelInput(
  { spec, toolbox, variables, input, history }: Omit<RunStart, 'isTainted'>,
  turns: readonly Turn[],
): ModelSpanInput {
  const messages: TranscriptMessage[] = [];
  const told = fillTemplate(expandedInstructions(spec), variablesOf(spec, variables));
  const instructions = spec.output ? `${told}\n\n${outputInstruction(spec.output)}`.trim() : told;
  if (instructions.trim()) messages.push({ role: 'system', content: instructions });
  for (const past of history) {
    messages.push({ role: 'user', content: past.input }, { role: 'assistant', content: past.output, toolCalls: [] });
  }
  messages.push({ role: 'user', content: input });
  for (const { answer, results } of turns) {
    const { guarded: _, rejected, ...said } = answer;
    messages.push(said);
    if (rejected) messages.push({ role: 'user', content: correctionOf(rejected) });
    answer.toolCalls.forEach((call, index) => {
      const result = results[index];
      if (!result) return;
      messages.push({
        role: 'tool',
        toolCallId: call.id,
        name: call.name,
        output: toldOf(result),
        isError: result.isError,
      });
    });
  }
  return {
    messages,
    tools: tellAgents(tellConnections(toolbox.definitions(), spec.connectors), spec.tools),
    parameters: { ...spec.parameters },
  };
}

/** The model is told what was really run. */
const toldOf = ({ output, edited }: ToolOutcome): JsonValue =>
  edited
    ? {
        note: `${edited.by ?? 'A person'} changed the arguments before approving.`,
        arguments: edited.arguments,
        result: output,
      }
    : output;

/** What tasks that were given to other agents have cost so far, in micro-dollars. */
export const delegatedMicros = (turns: readonly Turn[]): number =>
  turns.flatMap(({ results }) => results).reduce((sum, { costMicros = 0 }) => sum + costMicros, 0);

const variablesOf = (spec: FrozenSpec, given: Record<string, string>): Record<string, string> =>
  Object.fromEntries(spec.variables.map(({ name, default: value }) => [name, given[name] ?? value]));

export const modelStepKey = (turn: number): string => `model-${turn}`;
export const toolStepKey = (turn: number, index: number): string => `tool-${turn}-${index}`;
