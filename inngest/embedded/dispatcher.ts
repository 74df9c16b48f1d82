import { type Answer, readAnswer } from './answer';
import { backoffMs } from './backoff';
import { type Call, callRequest, eventsOf } from './call';
import { byteLength, canonicalJson } from './canonical';
import { type Engine, parentOf } from './engine';
import { internalEvent } from './events';
import { fetchOnce } from './fetch-job';
import { nextTick, type RegisteredFunction } from './functions';
import type { ClaimedJob } from './job';
import { limitExceeded } from './limits';
import type { Log } from './log';
import { transitionOf } from './operations';
import type { Outbound } from './outbound';
import { transition } from './transition';
import type { Transport } from './transport';

export interface DispatcherOptions {
  /** Of all functions; omitted, each is called where its app says. */
  serveUrl?: URL;
  transport: Transport;
  outbound: Outbound;
  backoffMs: readonly number[];
  concurrency: number;
  pollMs: number;
  owner: string;
  /** No other process stores events here. */
  exclusive: boolean;
  log: Log;
}

const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Claims jobs and executes them, as many at once as may be; sleeps until the next is due. */
export class Dispatcher {
  engine: Engine | undefined;
  #fnIds: string[] = [];
  #served = new Set<string>();
  #hasLimits = false;
  #hasGathers = false;
  /** Jobs being executed, by generation. */
  readonly flying = new Map<number, Promise<void>>();
  /** Jobs that are over and could not be committed, by generation: the database was away. */
  #uncommitted: number[] = [];
  #reserved = 0;
  #running = false;
  #pumping: Promise<void> | undefined;
  #pumpAgain = false;
  #routedAt = 0;
  /** The queue had more than this process could take: nothing may overtake it. */
  #backlog = false;
  /** Some jobs wait for a slot, which any call that ends may have freed. */
  #slotsWanted = false;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  readonly #abort = new AbortController();
  readonly #aborted = new Promise<never>((_, reject) => {
    this.#abort.signal.addEventListener('abort', () => reject(new Error('The runner has stopped')));
  });

  constructor(private readonly options: DispatcherOptions) {
    // Rejects when nothing flies, too.
    this.#aborted.catch(() => {});
  }

  start(): void {
    this.#running = true;
    this.due(0);
  }

  /** Claims nothing more; what flies goes on. */
  async pause(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    await this.#pumping;
  }

  abort = (): void => this.#abort.abort();

  /** Says which functions this process executes; jobs of others are left for those who serve them. */
  serve(functions: RegisteredFunction[]): void {
    this.#fnIds = functions.map(({ id }) => id);
    this.#served = new Set(this.#fnIds);
    this.#hasLimits = functions.some(({ limited }) => limited);
    this.#hasGathers = functions.some(({ gathers }) => gathers);
    this.due(0);
  }

  serves = (fnId: string): boolean => this.#served.has(fnId);

  /** Others should hear of new work: this process has no free place. */
  isCrowded = (): boolean => !this.#running || this.#backlog;

  /** Takes up to so many free places, for calls that begin at once; none while others wait in the queue. */
  reserve(most: number): number {
    const places = this.#running && !this.#backlog ? Math.max(0, Math.min(most, this.#places())) : 0;
    this.#reserved += places;
    return places;
  }

  release(places: number): void {
    this.#reserved -= places;
    if (this.#backlog) this.due(0);
  }

  #places = (): number => this.options.concurrency - this.flying.size - this.#reserved;

  begin(call: Call): void {
    this.#fly(call.job, () => this.#call(call));
  }

  due(delayMs: number): void {
    if (!this.#running) return;
    if (delayMs <= 0) {
      this.#pumpAgain = true;
      this.#pumping ??= this.#pump();
      return;
    }
    const at = Date.now() + delayMs;
    if (at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(
      () => {
        this.#timerAt = Number.POSITIVE_INFINITY;
        this.due(0);
      },
      Math.min(delayMs, MAX_TIMEOUT_MS),
    );
  }

  async #pump(): Promise<void> {
    let nextMs = this.options.pollMs;
    try {
      while (this.#pumpAgain && this.#running) {
        this.#pumpAgain = false;
        await this.#giveBack();
        await this.#claim();
      }
      if (this.#hasGathers && this.#running) await this.engine?.startGathered(this.#fnIds);
      await this.#routeOthers();
      const next = this.#running && !this.#backlog ? await this.engine?.store.nextDue() : undefined;
      this.#slotsWanted = this.#hasLimits && next?.limited === true;
      if (this.#slotsWanted) await this.#claimLimited();
      // One more millisecond: a timer may fire just before its time, and the claim would find nothing.
      if (next?.ms !== undefined) nextMs = Math.min(nextMs, Math.max(1, Math.ceil(next.ms) + 1));
    } catch (error) {
      this.options.log.error({ err: error }, 'The queue could not be read');
      nextMs = Math.min(nextMs, 1_000);
    }
    this.#pumping = undefined;
    if (this.#pumpAgain) this.due(0);
    else this.due(nextMs);
  }

  /** Events of processes that only send are routed by those that execute. */
  async #routeOthers(): Promise<void> {
    const { exclusive, pollMs } = this.options;
    if (exclusive || !this.#running || Date.now() - this.#routedAt < pollMs) return;
    this.#routedAt = Date.now();
    await this.engine?.routeStored(pollMs / 2);
  }

  async #giveBack(): Promise<void> {
    const generations = this.#uncommitted;
    if (generations.length === 0 || !this.engine) return;
    await this.engine.store.releaseSome(generations);
    this.#uncommitted = this.#uncommitted.filter((generation) => !generations.includes(generation));
  }

  async #claim(): Promise<void> {
    const { engine } = this;
    const fnIds = this.#fnIds;
    const most = Math.min(50, this.#places());
    this.#backlog = most <= 0;
    if (!engine || most <= 0 || fnIds.length === 0) return;
    const jobs = await engine.store.claim(fnIds, most);
    this.#backlog = jobs.length === most;
    if (this.#backlog) this.#pumpAgain = true;
    await this.#execute(jobs);
  }

  /** The same for jobs of limited functions, as far as their slots are free. */
  async #claimLimited(): Promise<void> {
    const most = Math.min(50, this.#places());
    if (!this.engine || most <= 0) return;
    const jobs = await this.engine.store.claimLimited(this.#fnIds, most);
    if (jobs.length === most) this.#pumpAgain = true;
    await this.#execute(jobs);
  }

  async #execute(jobs: ClaimedJob[]): Promise<void> {
    const { engine } = this;
    if (!engine) return;
    const calls = await this.#load(jobs.filter(({ kind }) => kind === 'call'));
    for (const job of jobs) {
      const call = calls.get(job.generation);
      if (call) this.#fly(job, () => this.#call(call));
      else if (job.kind === 'timer') this.#fly(job, () => this.#timerFired(job));
      else if (job.kind === 'cron') this.#fly(job, () => this.#tick(job));
      else if (job.kind === 'fetch') this.#fly(job, () => this.#fetch(job));
      else if (job.kind === 'timeout') this.#fly(job, () => this.#timedOut(job));
      else this.#fly(job, async () => void (await engine.store.drop(job)));
    }
  }

  /** Reads runs and their memoised steps, after the claim is committed. */
  async #load(jobs: ClaimedJob[]): Promise<Map<number, Call>> {
    const calls = new Map<number, Call>();
    const { engine } = this;
    if (!engine || jobs.length === 0) return calls;
    const runs = new Map(
      (await engine.store.loadRuns([...new Set(jobs.map(({ runId }) => runId))])).map((row) => [row.id, row]),
    );
    const begun = [...runs.values()].filter((row) => Number(row.done_count) > 0).map((row) => String(row.id));
    const steps = await engine.store.steps(begun);
    for (const job of jobs) {
      const row = runs.get(job.runId);
      const fn = engine.registry.get(job.fnId);
      if (!row || !fn) continue;
      calls.set(job.generation, {
        job,
        fn,
        event: String(row.event),
        events: eventsOf(row),
        version: Number(row.version),
        open: Number(row.pending) + Number(row.waiting),
        doneCount: Number(row.done_count),
        parent: parentOf(row),
        steps: steps.get(job.runId) ?? [],
      });
    }
    return calls;
  }

  #fly(job: ClaimedJob, work: () => Promise<void>): void {
    const { runId, key, generation } = job;
    const flight = work()
      // Given back as soon as that works, the job is done again from its last memoised step; at the latest when the lease
      // runs out.
      .catch((error) => {
        this.options.log.error({ err: error, runId, key }, 'A job could not be committed');
        this.#uncommitted.push(generation);
        this.due(500);
      })
      .finally(() => {
        this.flying.delete(generation);
        if (this.#backlog || this.#slotsWanted) this.due(0);
      });
    this.flying.set(generation, flight);
  }

  async #call(call: Call): Promise<void> {
    const { engine, options } = this;
    if (!engine) return;
    const { runId, key, attempt } = call.job;
    if (call.version === -1 && call.fn.finishTimeoutMs !== undefined) {
      await engine.store.armFinish(runId, call.fn.finishTimeoutMs);
      this.due(call.fn.finishTimeoutMs);
    }
    const answer = await this.#ask(call);
    if (this.#abort.signal.aborted) return;
    if (answer.kind === 'trouble') {
      options.log.warn({ runId, key, fnId: call.fn.id, failures: call.job.failures }, answer.reason);
    } else if (answer.kind === 'failed') {
      options.log.debug({ runId, key, attempt, retriable: answer.retriable }, 'The function failed');
    }
    const rules = { registry: engine.registry, backoffMs: options.backoffMs };
    await engine.settle(call.job, () => transitionOf(rules, call, answer));
  }

  async #ask(call: Call): Promise<Answer> {
    const { serveUrl, owner, transport } = this.options;
    try {
      const request = callRequest(call, { serveUrl, owner, signal: this.#abort.signal });
      return readAnswer(await Promise.race([transport(request), this.#aborted]));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { kind: 'trouble', reason: `The serve endpoint cannot be reached: ${reason}`, answered: false };
    }
  }

  /** A sleep is over, or a wait was in vain. */
  async #timerFired(job: ClaimedJob): Promise<void> {
    const { runId, key, generation, stepId, payload } = job;
    const step = { runId, id: stepId ?? '', name: '', op: 'Timer', failed: payload !== null, value: payload ?? 'null' };
    await this.engine?.settle(job, () => transition({ runId, job: { key, generation }, outcome: 'end', done: [step] }));
  }

  /** Makes the request of a step; it has the attempts its function has. */
  async #fetch(job: ClaimedJob): Promise<void> {
    const { engine, options } = this;
    const { runId, key, generation, attempt, failures, stepId } = job;
    const fetched = await Promise.race([
      fetchOnce(options.outbound, job.payload ?? '', this.#abort.signal),
      this.#aborted,
    ]);
    const held = { runId, job: { key, generation } };
    const maxAttempts = engine?.registry.get(job.fnId)?.maxAttempts ?? 1;
    if (fetched.kind === 'failed' && fetched.retriable && attempt + 1 < maxAttempts) {
      const delayMs = fetched.retryAfterMs ?? backoffMs(options.backoffMs, attempt);
      const error = canonicalJson(fetched.error);
      await engine?.apply(transition({ ...held, outcome: 'retry', attempt: attempt + 1, failures, delayMs, error }));
      return;
    }
    await engine?.settle(job, () => {
      const failed = fetched.kind === 'failed';
      const value = canonicalJson(failed ? fetched.error : fetched.data);
      const step = { runId, id: stepId ?? '', name: '', op: 'Gateway', failed, value };
      const refused = limitExceeded({ stateBytes: 0, steps: 0, largestStepBytes: byteLength(value) });
      return refused ?? transition({ ...held, outcome: 'end', done: [step] });
    });
  }

  /** A run has not begun, or not finished, in its time. What is executing may still finish it, but begins no next step. */
  async #timedOut(job: ClaimedJob): Promise<void> {
    const { engine } = this;
    if (!engine) return;
    const late =
      job.key === 'timeout:start'
        ? await engine.store.hasNotBegun(job.runId)
        : !(await engine.store.setOverdue(job.runId));
    if (late) await engine.cancel(job.runId, { key: job.key, generation: job.generation });
    else await engine.store.drop(job);
  }

  /** The event of a cron tick has an id made of the tick: however often it is sent, it starts one run. */
  async #tick(job: ClaimedJob): Promise<void> {
    const { engine } = this;
    const fn = engine?.registry.get(job.fnId);
    const tick = new Date(job.payload ?? '');
    const next = nextTick(job.key, new Date());
    const cron = fn?.crons.find((trigger) => trigger.cron === job.key);
    if (!engine || !fn || !next || !cron) return void (await engine?.store.drop(job));
    const content = { data: { cron: job.key } };
    const event = internalEvent('inngest/scheduled.timer', content, tick.getTime(), job.fnId, job.key);
    await engine.receiveFor(fn, event);
    const delayMs = Math.max(0, next.getTime() - Date.now()) + Math.random() * cron.jitterMs;
    await engine.store.rescheduleCron(job, delayMs, next.toISOString());
    this.due(0);
    this.due(delayMs);
  }
}
