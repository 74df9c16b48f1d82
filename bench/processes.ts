import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A process group of its own, which ends as a whole. */
export interface Group {
  pid: number;
  /** What it printed so far. */
  output(): string;
  stop(): Promise<void>;
}

/**
 * Starts a command and waits for its line `ready …`.
 * @throws Error with what it printed when it ends instead.
 */
export async function startGroup(
  command: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<Group & { url: string }> {
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let output = '';
  const url = await new Promise<string>((ready, fail) => {
    const hear = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
      const said = /^ready (\S+)/m.exec(output)?.[1];
      if (said) ready(said);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', fail);
    child.once('exit', (code, signal) => {
      output += `\n(ended with ${code ?? signal})`;
      fail(new Error(`${command} ${args.join(' ')}:\n${output}`));
    });
  });
  return { pid: child.pid ?? 0, url, output: () => output, stop: () => end(child) };
}

/** A script of `bench/` in a process of its own. */
export const startScript = (script: string, ...args: string[]) =>
  startGroup(process.execPath, ['--import', 'tsx', join('bench', script), ...args]);

async function end(child: ChildProcess): Promise<void> {
  if (!child.pid) return;
  try {
    process.kill(-child.pid, 'SIGTERM');
    for (let waited = 0; waited < 15_000; waited += 50) {
      process.kill(-child.pid, 0);
      await pause(50);
    }
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** All processes: their number, parent, group and command line. Linux. */
function processes() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const [, ppid, group] = readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ')
          .map(Number);
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), ppid, group, command }];
      } catch {
        return []; // it ended while we looked
      }
    });
}

export const groupPids = (group: number): number[] =>
  processes()
    .filter((one) => one.group === group)
    .map(({ pid }) => pid);

/** A Postgres and its backends, by the port it listens on. */
export function postgresPids(port: string): number[] {
  const all = processes();
  const parent = all.find(({ command }) => /\bpostgres\b.* -D /.test(command) && command.includes(`port=${port} `));
  return all.filter(({ pid, ppid }) => parent && (pid === parent.pid || ppid === parent.pid)).map(({ pid }) => pid);
}

/** Megabytes that processes have to themselves, with their shares of what several use. */
export function memoryMb(pids: number[]): number {
  const kilobytes = pids.map((pid) => {
    try {
      return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0; // it ended while we looked
    }
  });
  return Math.round(kilobytes.reduce((sum, one) => sum + one, 0) / 1_024);
}
