import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockDirectory } from './directory-lock';

let directory: string;
let child: ChildProcess;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'muster-lock-'));
});
afterEach(() => {
  child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

const fieldsOf = (pid: number) =>
  readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');

/** Leaves the lock as the child of a shell would have taken it; the shell becomes somebody who never looks after it. */
async function heldBy(command: string): Promise<number> {
  child = spawn('sh', ['-c', `${command} & echo $!; exec sleep 60`], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(child.stdout as NodeJS.ReadableStream, 'data');
  const pid = Number(String(line));
  writeFileSync(join(directory, 'lock'), JSON.stringify({ pid, start: fieldsOf(pid)[19] }));
  return pid;
}

test('a live process keeps its directory', async () => {
  const pid = await heldBy('sleep 60 >/dev/null');
  expect(() => lockDirectory(directory)).toThrow(`in use by process ${pid}`);
  process.kill(pid, 'SIGKILL');
});

test('a process that is dead has none, also before its parent has looked', async () => {
  const pid = await heldBy('sleep 60 >/dev/null');
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => fieldsOf(pid)[0]).toBe('Z');
  lockDirectory(directory)();
});
