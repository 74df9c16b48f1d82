import { z } from 'zod';

const Call = z.object({ tool: z.string(), input: z.unknown().default({}) });

/** One answer of `sandbox/scripted`. Times in milliseconds, lengths in characters (UTF-16). */
const Answer = z.strictObject({
  text: z.string().default(''),
  /** Says `text` so many times: long answers from short scripts. */
  repeat: z.number().int().min(1).max(100_000).default(1),
  reasoning: z.string().optional(),
  calls: z.array(Call).max(50).default([]),
  finish: z.enum(['stop', 'length', 'content-filter']).optional(),
  delayMs: z.number().min(0).max(600_000).optional().describe('Before the first piece, or before the error'),
  pieceDelayMs: z.number().min(0).max(60_000).optional(),
  pieceLength: z.number().int().min(1).optional().describe('Words when omitted'),
  breakAfter: z.number().int().min(0).optional().describe('The stream breaks off after so many characters'),
  hangAfter: z.number().int().min(0).optional().describe('The stream never goes on after so many characters'),
  rawArguments: z.string().optional().describe("In place of the calls' arguments as JSON"),
  usage: z
    .object({ inputTokens: z.number().optional(), outputTokens: z.number().optional() })
    .nullable()
    .optional()
    .describe('What the provider claims; null claims nothing'),
  error: z
    .object({
      status: z.number().int().min(400).max(599).optional().describe('Without one, nobody answers'),
      message: z.string().default('scripted error'),
      retryAfter: z.union([z.string(), z.number()]).optional().describe('Retry-After: seconds or a date'),
    })
    .optional(),
});
export type Answer = z.infer<typeof Answer>;

/** An array in place of an answer is one answer for each attempt, the last for all further ones. */
const Turn = z.union([Answer, z.array(Answer).min(1)]);
const Script = z.strictObject({ turns: z.array(Turn).min(1).max(1_000) });
export type Script = z.infer<typeof Script>;

/**
 * A script, in one of two notations. JSON: `{"turns": [{"text": "Hello"}, …]}`. Lines, after a first line `#script`:
 *
 *     #script
 *     wait 200                      before the first piece
 *     every 20                      between pieces
 *     pieces 3                      characters in a piece
 *     call calculator {"expression": "1+1"}
 *     ...                           the next attempt of the same turn
 *     fail 429 2 Slow down          status, Retry-After (or -), message
 *     ---                           the next turn
 *     think about it                reasoning
 *     say Done.                     several make several lines
 *     break 10 / hang 10            after so many characters
 *     usage none / usage 12 34
 *
 * @returns undefined when the text holds no script, a string that says what is wrong with the one it holds.
 */
export function readScript(text: string): Script | string | undefined {
  const trimmed = text.trim();
  const lines = /^#script[^\n]*\n([\s\S]*)$/m.exec(trimmed)?.[1];
  const json = /^\{\s*"turns"/.test(trimmed) ? trimmed : undefined;
  if (lines === undefined && json === undefined) return undefined;
  try {
    const parsed = Script.safeParse(json === undefined ? { turns: readLines(lines ?? '') } : JSON.parse(json));
    return parsed.success ? parsed.data : z.prettifyError(parsed.error);
  } catch (error) {
    return String(error instanceof Error ? error.message : error);
  }
}

const readLines = (text: string) =>
  text.split(/^---\s*$/m).map((turn) => turn.split(/^\.\.\.\s*$/m).map((attempt) => readAnswer(attempt.split('\n'))));

function readAnswer(lines: string[]): Record<string, unknown> {
  const said: string[] = [];
  const calls: unknown[] = [];
  const answer: Record<string, unknown> = { calls };
  for (const line of lines.map((raw) => raw.trim()).filter(Boolean)) {
    const [, verb = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
    const [first = '', second = '', ...others] = rest.split(/\s+/);
    if (verb === 'say') said.push(rest);
    else if (verb === 'think') answer.reasoning = rest;
    else if (verb === 'call') calls.push({ tool: first, input: JSON.parse(rest.slice(first.length).trim() || '{}') });
    else if (verb === 'wait') answer.delayMs = Number(first);
    else if (verb === 'every') answer.pieceDelayMs = Number(first);
    else if (verb === 'pieces') answer.pieceLength = Number(first);
    else if (verb === 'break') answer.breakAfter = Number(first);
    else if (verb === 'hang') answer.hangAfter = Number(first);
    else if (verb === 'usage')
      answer.usage = first === 'none' ? null : { inputTokens: Number(first), outputTokens: Number(second) };
    else if (verb === 'fail') {
      const retryAfter = second === '-' || second === '' ? undefined : second;
      answer.error = { status: Number(first), retryAfter, message: others.join(' ') || undefined };
    } else throw new Error(`There is no ${JSON.stringify(verb)} in a script.`);
  }
  return { ...answer, text: said.join('\n') };
}
