import { lanes } from '@/lib/lanes';

interface Waiting<T, R> {
  item: T;
  done: (result: R) => void;
  fail: (error: unknown) => void;
}

/**
 * Group commit: what arrives while a statement is on its way goes together into the next one. Alone, an item waits for
 * nothing, and a batch that is full for no other.
 * @param keys what an item touches; two items of one statement never touch the same.
 * @param isSpoilt whether a statement has failed for what one of its items holds: then each is sent by itself, so that
 * only that one fails.
 */
export class Batcher<T, R> {
  #waiting: Waiting<T, R>[] = [];
  #isDue = false;
  readonly #inTurn = lanes(1);
  readonly #full = lanes(2);

  constructor(
    private readonly run: (items: T[]) => Promise<R[]>,
    private readonly keys: (item: T) => string[],
    private readonly isSpoilt: (error: unknown) => boolean,
    private readonly most = 50,
  ) {}

  push(item: T): Promise<R> {
    return new Promise((done, fail) => {
      this.#waiting.push({ item, done, fail });
      if (this.#waiting.length % this.most === 0) this.#full(() => this.#sendNext());
      else this.#flush();
    });
  }

  #flush(): void {
    if (this.#isDue || this.#waiting.length === 0) return;
    this.#isDue = true;
    this.#inTurn(() => {
      this.#isDue = false;
      return this.#sendNext();
    });
  }

  async #sendNext(): Promise<void> {
    const batch = this.#take();
    this.#flush();
    if (batch.length > 0) await this.#send(batch);
  }

  async #send(batch: Waiting<T, R>[]): Promise<void> {
    try {
      const results = await this.run(batch.map(({ item }) => item));
      batch.forEach(({ done, fail }, n) => {
        const result = results[n];
        if (result === undefined) fail(new Error('A statement answered fewer rows than it was asked for'));
        else done(result);
      });
    } catch (error) {
      if (batch.length > 1 && this.isSpoilt(error)) for (const one of batch) await this.#send([one]);
      else for (const { fail } of batch) fail(error);
    }
  }

  #take(): Waiting<T, R>[] {
    const taken: Waiting<T, R>[] = [];
    const left: Waiting<T, R>[] = [];
    const touched = new Set<string>();
    for (const waiting of this.#waiting) {
      const keys = this.keys(waiting.item);
      if (taken.length < this.most && keys.every((key) => !touched.has(key))) taken.push(waiting);
      else left.push(waiting);
      for (const key of keys) touched.add(key);
    }
    this.#waiting = left;
    return taken;
  }
}
