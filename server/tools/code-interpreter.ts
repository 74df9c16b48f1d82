import { z } from 'zod';
import { StorableJson } from '@/lib/contracts/json';
import { Invalid } from '../errors';
import { type ProgramEnd, runProgram } from '../sandbox/run-program';
import { askerOf, machineTool } from './tool';

const input = z.object({
  code: z.string().min(1).max(50_000).describe('Body of an async JavaScript function; `return` gives the result'),
  input: StorableJson.optional().describe('JSON the code finds as `input`'),
});

const SHOWN_LOGS = 2_000;

export const codeInterpreter = machineTool({
  name: 'code_interpreter',
  label: 'Code interpreter',
  does: 'Runs JavaScript in a sandbox without files or network.',
  group: 'code',
  reads: 'nothing',
  effect: 'none',
  description:
    'Runs JavaScript for exact work on data: counting, sorting, dates, statistics, parsing, conversions. Standard ECMAScript only: no network, files, ' +
    'timers, modules or DOM; 5 s, 64 MB. The code is the body of an async function with the variable `input`; return the result, console.log is shown too.',
  inputSchema: input,
  timeoutMs: 30_000,
  async run({ code, input }, environment) {
    const end = await runProgram({ code, input }, askerOf(environment));
    if (!end.ok) throw new Invalid(explain(end));
    return { result: end.value, ...(end.logs.length > 0 && { logs: end.logs }) };
  },
});

/** For the model: what went wrong, where, and what the program had said until then. */
export function explain({ message, line, logs }: Extract<ProgramEnd, { ok: false }>): string {
  const where = line === null ? '' : ` (line ${line})`;
  const said = logs.join('\n').slice(-SHOWN_LOGS);
  return `${message}${where}${said && `\nIt had logged:\n${said}`}`;
}
