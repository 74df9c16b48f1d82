import { LimitExceeded } from './errors';

interface Limits {
  atOnce: number;
  /** Of one organization. */
  maxWaiting: number;
  /** Told to whoever finds that too many of theirs wait already. */
  refusal: string;
}

interface Waiter {
  orgId: string;
  proceed(): void;
}

/**
 * So many at the same time. The organization that has the fewest of them is next, of several the one that has waited
 * longest for its turn: who asks for much does not keep others waiting.
 */
export class Turns {
  /** Whose work is under way. */
  private readonly busy: string[] = [];
  private waiting: Waiter[] = [];

  constructor(private readonly limits: Limits) {}

  /** @throws LimitExceeded when too many wait; the reason of `signal` when it is aborted meanwhile; what `work` does */
  async take<T>({ orgId, signal }: Asker, work: () => Promise<T>): Promise<T> {
    await this.mine(orgId, signal);
    try {
      return await work();
    } finally {
      remove(this.busy, orgId);
      this.next()?.proceed();
    }
  }

  private async mine(orgId: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.busy.length < this.limits.atOnce) {
      this.busy.push(orgId);
      return;
    }
    if (this.waiting.filter((waiter) => waiter.orgId === orgId).length >= this.limits.maxWaiting) {
      throw new LimitExceeded(this.limits.refusal, 5);
    }
    await new Promise<void>((turn, leave) => {
      const abort = () => {
        remove(this.waiting, waiter);
        leave(signal.reason);
      };
      const proceed = () => {
        signal.removeEventListener('abort', abort);
        remove(this.waiting, waiter);
        // All others of this organization come after those of the rest.
        const isOurs = (other: Waiter) => other.orgId === orgId;
        this.waiting = [...this.waiting.filter((other) => !isOurs(other)), ...this.waiting.filter(isOurs)];
        this.busy.push(orgId);
        turn();
      };
      const waiter = { orgId, proceed };
      signal.addEventListener('abort', abort, { once: true });
      this.waiting.push(waiter);
    });
  }

  private next(): Waiter | undefined {
    const has = ({ orgId }: Waiter) => this.busy.filter((one) => one === orgId).length;
    return this.waiting.toSorted((a, b) => has(a) - has(b))[0];
  }
}

/** Whose work it is, and what ends it. */
export interface Asker {
  orgId: string;
  signal: AbortSignal;
}

const remove = <T>(list: T[], item: T) => void list.splice(list.indexOf(item), 1);
