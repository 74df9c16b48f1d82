import type { AgentOutput } from './contracts/agent-output';
import type { JsonValue } from './contracts/json';

/** How often a model is told that its answer does not fit, and asked again. */
export const MAX_CORRECTIONS = 2;

/** What a model is told of the shape, also where the provider enforces it: not every one does, nor with tools. */
export const outputInstruction = ({ name, schema }: AgentOutput): string =>
  `Your final answer (${name}) is JSON and nothing else, no code fence around it. It fits this JSON Schema:\n${JSON.stringify(schema)}`;

const CORRECTION = 'Your answer does not fit the JSON Schema: ';

/** Asks for the answer again. */
export const correctionOf = (problem: string): string =>
  `${CORRECTION}${problem}. Answer again, with the corrected JSON and nothing else.`;

/** True for a message that no person wrote. */
export const isCorrection = (text: string): boolean => text.startsWith(CORRECTION);

/** The object that a text is; undefined for every other text. */
export function jsonObjectOf(text: string): { [key: string]: JsonValue } | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
