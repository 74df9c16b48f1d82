import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '@/db/columns';
import { HOSTILE } from './corpus';
import { PROGRAM_LIMITS, runProgram } from './run-program';
import { startChild } from './start-child';

const CANARY = 'canary-7f3a9c';
const TIMEOUT_MS = 400;
const directory = mkdtempSync(join(tmpdir(), 'muster-sandbox-'));
const file = join(directory, 'canary.txt');
const asker = { orgId: newId(), signal: new AbortController().signal };
let connections = 0;
const listener = createServer((socket) => {
  connections += 1;
  socket.end(CANARY);
});
const port = () => (listener.address() as { port: number }).port;
const delay = monitorEventLoopDelay({ resolution: 1 });

beforeAll(async () => {
  writeFileSync(file, CANARY);
  process.env.MUSTER_CANARY = CANARY;
  await new Promise<void>((listening) => listener.listen(0, '127.0.0.1', listening));
  delay.enable();
});
afterAll(() => {
  delay.disable();
  delete process.env.MUSTER_CANARY;
  listener.close();
  rmSync(directory, { recursive: true });
  const ms = (nanoseconds: number) => (nanoseconds / 1e6).toFixed(1);
  console.log(
    `event loop of the server during ${HOSTILE.length} hostile programs: p50 ${ms(delay.percentile(50))} ms, p99 ${ms(delay.percentile(99))} ms, longest ${ms(delay.max)} ms`,
  );
});

describe('hostile programs', () => {
  test.each(HOSTILE)('$name', async ({ code, ends, ...expected }) => {
    const filled = code
      .replaceAll('CANARY_FILE', file)
      .replaceAll('CANARY_PORT', String(port()))
      .replaceAll('SERVER_PID', String(process.pid));
    const end = await runProgram({ code: filled, input: { a: 1 }, timeoutMs: TIMEOUT_MS }, asker);
    // On a slow machine the time is over before the memory is.
    const mayTakeLong = ends.some((reason) => reason === 'memory' || reason === 'output');
    const allowed = mayTakeLong ? [...ends, 'timeout'] : ends;
    expect(allowed, JSON.stringify(end).slice(0, 500)).toContain(end.ok ? 'value' : end.reason);
    if (end.ok && expected.value !== undefined) expect(end.value).toEqual(expected.value);
    if (!end.ok) expect(end.message).toMatch(/^[A-Z].{8}/s);
    const said = JSON.stringify(end);
    expect(said.length).toBeLessThan(2 * (PROGRAM_LIMITS.maxOutput + PROGRAM_LIMITS.maxLog));
    expect(said).not.toContain(CANARY);
    expect(connections).toBe(0);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(readdirSync(directory)).toEqual(['canary.txt']);
  });

  test('many at once wait for their turn, and one that is not wanted any more leaves', async () => {
    const controller = new AbortController();
    const programs = Array.from({ length: 12 }, (_, index) =>
      runProgram({ code: 'return input * 2', input: index }, asker),
    );
    const left = runProgram({ code: 'for (;;);' }, { ...asker, signal: controller.signal });
    controller.abort(new Error('cancelled'));
    await expect(left).rejects.toThrow('cancelled');
    expect(await Promise.all(programs)).toEqual(programs.map((_, index) => ({ ok: true, value: index * 2, logs: [] })));
  });

  test('nothing of one program is there for the next', async () => {
    for (let round = 0; round < 4; round += 1) {
      const end = await runProgram(
        { code: 'const before = globalThis.left; globalThis.left = 1; return before ?? "clean"' },
        asker,
      );
      expect(end).toMatchObject({ value: 'clean' });
    }
  });
});

test('the process around the isolate can do nothing either', async () => {
  const child = await startChild(join(import.meta.dirname, 'testing/escaped.cjs'));
  const lines: string[] = [];
  const told = new Promise<string>((done, fail) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      lines.push(chunk);
      if (lines.join('').split('\n').length > 2) done(lines.join('').split('\n')[1] ?? '');
    });
    child.once('exit', (code) => fail(new Error(`exit ${code}`)));
  });
  child.stdin.write(`${JSON.stringify({ file, port: port(), pid: process.pid })}\n`);
  const tried = JSON.parse(await told);
  if (process.platform === 'linux') expect(readProc(innermost(child.pid ?? 0), 'oom_score_adj')).toBe('1000');
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  expect(tried.environment).not.toContain(CANARY);
  const denied = 'refused: ERR_ACCESS_DENIED';
  expect(tried).toMatchObject({ read: denied, write: denied, list: denied, spawn: denied, worker: denied });
  expect(tried.memory).toMatch(/^refused/);
  expect(tried.code).toMatch(/^refused/);
  if (child.spawnfile.endsWith('unshare')) {
    expect(tried.network).toMatch(/^refused/);
    expect(tried.signal).toBe('refused: ESRCH');
    expect(connections).toBe(0);
  }
  console.log(`a process without isolate: ${JSON.stringify(tried)}`);
});

const readProc = (pid: number, file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8').trim();
/** The process that the commands around it have started. */
function innermost(pid: number): number {
  const [inner] = readProc(pid, `task/${pid}/children`).split(' ');
  return inner ? innermost(Number(inner)) : pid;
}
