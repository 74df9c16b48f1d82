import { performance } from 'node:perf_hooks';
import { Agent, request } from 'undici';

export interface LoadResult {
  /** Milliseconds of each request, sorted. */
  latencies: number[];
  perSecond: number;
}

/**
 * Sends `total` requests, `concurrency` at a time, on connections that stay open.
 * @throws Error for the first answer that is not good: a failed run is not a fast run.
 */
export async function load(
  target: { url: string; headers?: Record<string, string>; body: unknown },
  { concurrency, total }: { concurrency: number; total: number },
): Promise<LoadResult> {
  const dispatcher = new Agent({ connections: concurrency, pipelining: 1 });
  const latencies: number[] = [];
  const body = JSON.stringify(target.body);
  let left = total;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      const startedAt = performance.now();
      const response = await request(target.url, {
        method: 'POST',
        dispatcher,
        headers: { 'content-type': 'application/json', ...target.headers },
        body,
      });
      const text = await response.body.text();
      if (response.statusCode !== 200 || !text.includes('"output"')) throw new Error(`${response.statusCode} ${text}`);
      latencies.push(performance.now() - startedAt);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  await dispatcher.close();
  return { latencies: latencies.sort((a, b) => a - b), perSecond: total / seconds };
}

/** The value below which `share` of the sorted values lie. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
