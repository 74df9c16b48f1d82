import { createHash, randomUUID } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** This machine, or this container: where process ids mean what they mean to this process. */
function place(): string {
  let processes = '';
  try {
    processes = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not Linux: the name of the machine has to do.
  }
  return createHash('sha256').update(`${hostname()} ${processes}`).digest('hex').slice(0, 12);
}

const HERE = place();

/** A name for whoever executes jobs. It tells others on the same machine the process, so that they see when it is dead. */
export const newOwner = (): string => `${randomUUID()}@${HERE}#${process.pid}`;

/** Whether an owner was a process of this machine that no longer exists: its leases need not run out. */
export function isGone(owner: string): boolean {
  const [, where, pid] = /@(\w+)#(\d+)$/.exec(owner) ?? [];
  if (where !== HERE) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
