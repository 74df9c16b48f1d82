import { LimitExceeded } from './errors';

interface Limits {
  atOnce: number;
  /** Of one organization. */
  maxWaiting: number;
  /** Of all organizations together: what waits takes memory. */
  maxWaitingInAll: number;
  /** What waits, in plural: told to whoever finds that too many do already. */
  what: string;
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
    this.checkRoom(orgId);
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

  private checkRoom(orgId: string): void {
    const { maxWaiting, maxWaitingInAll, what } = this.limits;
    const ours = this.waiting.filter((waiter) => waiter.orgId === orgId).length;
    if (ours < maxWaiting && this.waiting.length < maxWaitingInAll) return;
    const whose = ours < maxWaiting ? '' : ' of your organization';
    throw new LimitExceeded(`Too many ${what}${whose} wait at this moment. Try again shortly.`, 5);
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
