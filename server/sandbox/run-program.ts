import { z } from 'zod';
import type { JsonValue } from '@/lib/contracts/json';
import { toStorableText } from '@/lib/contracts/text';
import { PreconditionFailed } from '../errors';
import { orAborted } from '../http/or-aborted';
import { log } from '../log';
import { toStorableJson } from '../tools/storable-json';
import type { Asker } from '../turns';
import { withChild } from './pool';
import type { Child } from './start-child';

export interface Program {
  /** The body of an async function that is given `input`; what it returns is the value. */
  code: string;
  input?: JsonValue;
  timeoutMs?: number;
}

/** How a program ended. Everything in it was written by the program. */
export type ProgramEnd =
  | { ok: true; value: JsonValue; logs: string[] }
  | { ok: false; reason: FailureReason; message: string; line: number | null; logs: string[] };

const FailureReason = z.enum(['error', 'timeout', 'memory', 'output', 'pending', 'crash']);
type FailureReason = z.infer<typeof FailureReason>;

export const PROGRAM_LIMITS = { timeoutMs: 5_000, memoryMb: 64, maxOutput: 80_000, maxLog: 10_000 };
/** Beyond its own limit a process is given this long to say what happened. */
const GRACE_MS = 500;
/** Of what a process writes: more than any honest one does. */
const MAX_REPORT = 1_000_000;

const Report = z.object({
  ok: z.literal(true).optional(),
  value: z.string().optional(),
  reason: FailureReason.optional(),
  message: z.string().max(3_000).optional(),
  line: z.number().nullish(),
  logs: z.array(z.string()).max(20_000),
});

/**
 * Runs JavaScript in a disposable process without environment, files, network or anything of ours.
 * @throws PreconditionFailed when this server has no sandbox; LimitExceeded when too many programs wait; the reason of
 * the signal. What the program does wrong is in the result.
 */
export async function runProgram(
  { code, input = null, timeoutMs = PROGRAM_LIMITS.timeoutMs }: Program,
  asker: Asker,
): Promise<ProgramEnd> {
  const { signal } = asker;
  const order = { ...PROGRAM_LIMITS, timeoutMs, code, input: JSON.stringify(input) };
  try {
    return await withChild(asker, async (child) => {
      const overdue = AbortSignal.timeout(timeoutMs + GRACE_MS);
      const line = orAborted(readLine(child), AbortSignal.any([signal, overdue]));
      child.stdin.write(`${JSON.stringify(order)}\n`);
      try {
        return toEnd(await line, timeoutMs);
      } catch (error) {
        signal.throwIfAborted();
        if (overdue.aborted) return failed('timeout', [], timeoutMs);
        throw error;
      }
    });
  } catch (error) {
    if (!(error instanceof Error) || !isStartFailure(error)) throw error;
    log.error({ err: error }, 'the sandbox does not start');
    throw new PreconditionFailed('This server cannot run programs: its sandbox does not start.', { cause: error });
  }
}

const isStartFailure = (error: Error & { code?: unknown }): boolean =>
  error.message.includes('of the sandbox ended') || error.code === 'ENOENT' || error.code === 'MODULE_NOT_FOUND';

/** The one line a process writes; undefined when it ends, or writes more than that. */
function readLine({ stdout }: Child): Promise<string | undefined> {
  return new Promise((done) => {
    let text = '';
    stdout.setEncoding('utf8');
    stdout.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > MAX_REPORT) done(undefined);
      else if (text.endsWith('\n')) done(text);
    });
    stdout.once('close', () => done(undefined));
  });
}

/** The process may have been taken over by its program: what it says is read like anything from outside. */
function toEnd(line: string | undefined, timeoutMs: number): ProgramEnd {
  const report = Report.safeParse(parse(line));
  if (!report.success) return failed('crash', [], timeoutMs);
  const { ok, value = 'null', reason = 'crash', message, logs } = report.data;
  if (!ok) return failed(reason, logs, timeoutMs, message, report.data.line ?? null);
  try {
    return { ok: true, value: toStorableJson(parse(value) ?? null), logs: logs.map(toStorableText) };
  } catch (error) {
    return failed('output', logs, timeoutMs, `${(error as Error).message} Return less.`);
  }
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failed(
  reason: FailureReason,
  logs: string[],
  timeoutMs: number,
  message?: string,
  line: number | null = null,
): ProgramEnd {
  const WHY: Record<FailureReason, string> = {
    error: message ?? 'The program failed.',
    output: message ?? 'The result is too long.',
    timeout: `The program took longer than ${timeoutMs / 1000} s and was stopped.`,
    memory: `The program used more than ${PROGRAM_LIMITS.memoryMb} MB of memory and was stopped.`,
    pending: 'The program waits for a promise that nothing in it can keep. There are no timers and no network here.',
    crash: 'The program broke its process and was stopped. It probably used too much memory.',
  };
  return { ok: false, reason, message: toStorableText(WHY[reason]), line, logs: logs.map(toStorableText) };
}
