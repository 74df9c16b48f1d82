import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** When a process started, in the kernel's clock; undefined when it is gone (or the system does not say). */
function startOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined;
  }
  try {
    // Field 22 of proc(5) stat; the command name before it may contain spaces, so count from its closing bracket.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Dead, and its parent has not looked yet: in a container that may take long.
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return 'unknown'; // no procfs on this system: the process number alone has to do
  }
}

/**
 * Takes a directory for this process; PGlite itself would let two processes ruin one directory.
 * The lock names process and start time, so that one left by a killed process is seen as such at once.
 * @returns what gives the lock back.
 * @throws Error when a live process has it.
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, 'lock');
  const own = JSON.stringify({ pid: process.pid, start: startOf(process.pid) });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      writeFileSync(path, own, { flag: 'wx', mode: 0o600 });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readHolder(path);
    if (holder && startOf(holder.pid) === holder.start) {
      throw new Error(
        `The data directory ${directory} is in use by process ${holder.pid}. Stop that one first, or set MUSTER_DATA_DIR to another directory.`,
      );
    }
    rmSync(path, { force: true });
  }
  throw new Error(`The data directory ${directory} could not be locked: another process keeps taking it.`);
}

function readHolder(path: string): { pid: number; start: string } | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined; // torn or already removed: nobody holds it
  }
}
