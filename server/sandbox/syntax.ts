import { Script } from 'node:vm';

/** What is wrong with how a program is written, and in which line; undefined when nothing is. It is read, never run. */
export function syntaxProblem(code: string): string | undefined {
  try {
    new Script(`(async (input) => {\n${code}\n})`, { filename: 'program', lineOffset: -1 });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const line = /^program:(\d+)/.exec(error.stack ?? '')?.[1];
    return `This is not JavaScript yet: ${error.message}${line ? ` (line ${line})` : ''}.`;
  }
}
