import { setTimeout as pause } from 'node:timers/promises';
import { loadWell } from '../load-plan';
import type { Results } from '../results';
import { startStatementProxy } from '../statement-proxy';
import { Muster, TASKS } from '../systems';

const IDLE_SECONDS = 5;
const SECONDS = 3;

/**
 * What one run asks of a real Postgres, counted on the wire: statements, times somebody waits for the answer, and which
 * statements. What the server asks at rest is measured first and taken off.
 */
export async function measureStatements(results: Results, modelUrl: string): Promise<void> {
  let proxy: Awaited<ReturnType<typeof startStatementProxy>> | undefined;
  const muster = await Muster.start('postgres', modelUrl, async (url) => {
    proxy = await startStatementProxy(url);
    return proxy.url;
  });
  if (!proxy) throw new Error('Nothing stands between server and database.');
  try {
    await loadWell({ ...muster.request('tool', 'none', 'wait'), concurrency: 4, kind: 'loop', seconds: 2 });
    await pause(2_000);
    proxy.take();
    await pause(IDLE_SECONDS * 1_000);
    const idle = proxy.take();
    results.figures['postgres/idleStatementsPerSecond'] = round(idle.statements / IDLE_SECONDS);
    for (const task of TASKS) {
      for (const concurrency of [1, 32]) {
        proxy.take();
        const beganAt = performance.now();
        const { answered } = await loadWell({
          ...muster.request(task, 'none', 'wait'),
          concurrency,
          kind: 'loop',
          seconds: SECONDS,
        });
        const rest = (performance.now() - beganAt) / 1_000 / IDLE_SECONDS;
        const { statements, trips, texts } = proxy.take();
        const name = `postgres/${task}/${concurrency}`;
        results.figures[`${name}/statements`] = round((statements - idle.statements * rest) / answered);
        results.figures[`${name}/trips`] = round((trips - idle.trips * rest) / answered);
        results.statements[name] = [...texts]
          .map(([sql, count]) => ({ sql, perRun: round((count - (idle.texts.get(sql) ?? 0) * rest) / answered) }))
          .filter(({ perRun }) => perRun >= 0.05)
          .sort((a, b) => b.perRun - a.perRun);
      }
    }
  } finally {
    await muster.stop();
    proxy.stop();
  }
}

const round = (value: number): number => Math.round(value * 100) / 100;
