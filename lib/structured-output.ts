import type { AgentOutput } from './contracts/agent-output';
import type { JsonValue } from './contracts/json';
import { type CheckableSchema, zodOf } from './contracts/json-schema';

/** How often a model is told that its answer does not fit, and asked again. */
export const MAX_CORRECTIONS = 2;
const MAX_PROBLEMS = 5;

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

/** Reads an answer by its schema: the JSON without what stands around it, or what is wrong with it. */
export function readOutput(schema: CheckableSchema, text: string): { json: string } | { problem: string } {
  const json = /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/i.exec(text)?.[1]?.trim() ?? text.trim();
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { problem: 'it is not JSON' };
  }
  const parsed = zodOf(schema).safeParse(value);
  if (parsed.success) return { json };
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`);
  return { problem: problems.slice(0, MAX_PROBLEMS).join('; ').replace(/\.$/, '') };
}
