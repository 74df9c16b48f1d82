import { spawn } from 'node:child_process';

/** What the process that makes the load is told. */
export type LoadPlan = {
  url: string;
  headers?: Record<string, string>;
  /** Sent by POST; omitted, the request is a GET. */
  body?: unknown;
  concurrency: number;
  /** Asked once on each connection before the clock starts. */
  warmPath: string;
  /** Text that the first token brings, and text without which an answer is none: a failed run is not a fast run. */
  mark: { first?: string; end: string };
} & ({ kind: 'loop'; seconds: number } | { kind: 'burst'; rounds: number });

/** Milliseconds. */
export interface Summary {
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

export interface LoadResult extends Summary {
  answered: number;
  perSecond: number;
  /** To the first token, of streams. */
  first?: Summary;
  failures: number;
  /** One of the answers that were none. */
  failure?: string;
}

/** The nearest rank: with 20 values p95 is the 19th. */
const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;

export function summary(values: number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(percentile(sorted, share) * 100) / 100;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** Makes the load from a process of its own, so that it shares no event loop with whoever else measures. */
export function load(plan: LoadPlan): Promise<LoadResult> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'bench/load.ts', JSON.stringify(plan)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => {
      if (code === 0) done(JSON.parse(output));
      else fail(new Error(`The load ended with ${code}: ${output}`));
    });
  });
}

/** The same for what has to succeed. @throws Error with the first answer that was none */
export async function loadWell(plan: LoadPlan): Promise<LoadResult> {
  const result = await load(plan);
  if (result.failures > 0) throw new Error(`${plan.url}: ${result.failures} failed: ${result.failure}`);
  return result;
}
