import { LimitExceeded } from './errors';

interface Limits {
  atOnce: number;
  maxWaiting: number;
  /** Told to whoever finds that too many wait already. */
  refusal: string;
}

/** So many at the same time; the others wait in the order in which they came. */
export class Turns {
  private busy = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly limits: Limits) {}

  /** @throws LimitExceeded when too many wait; the reason of `signal` when it is aborted meanwhile; what `work` does */
  async take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.mine(signal);
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.busy -= 1;
    }
  }

  private async mine(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.busy < this.limits.atOnce) {
      this.busy += 1;
      return;
    }
    if (this.waiting.length >= this.limits.maxWaiting) throw new LimitExceeded(this.limits.refusal, 5);
    await new Promise<void>((turn, leave) => {
      const proceed = () => {
        signal.removeEventListener('abort', abort);
        turn();
      };
      const abort = () => {
        this.waiting.splice(this.waiting.indexOf(proceed), 1);
        leave(signal.reason);
      };
      signal.addEventListener('abort', abort, { once: true });
      this.waiting.push(proceed);
    });
  }
}
