import { setTimeout as pause } from 'node:timers/promises';
import { memoryMb } from '../processes';
import type { Results } from '../results';
import { type Muster, startBare } from '../systems';

const TIMES = 3;

/** From `npm start` on existing data to the first answer that comes from the database, and the memory at rest. */
export async function measureStart(results: Results, muster: Muster): Promise<void> {
  const taken: number[] = [];
  for (let i = 0; i < TIMES; i += 1) {
    await muster.close();
    const startedAt = performance.now();
    const opening = muster.open();
    await firstAnswer(() => muster.api('/agents'));
    taken.push(performance.now() - startedAt);
    await opening;
  }
  await muster.api(`/agents/${muster.agentId('plain', 'none')}/runs`, { input: 'Say hello.' });
  await pause(5_000);
  const { database, figures } = { database: muster.database, figures: results.figures };
  figures[`${database}/startMs`] = median(taken);
  figures[`${database}/idleMb`] = memoryMb(muster.pids());
  figures[`${database}/databaseMb`] = memoryMb(muster.databasePids());
}

export async function measureBareStart(results: Results, modelUrl: string): Promise<void> {
  const startedAt = performance.now();
  const bare = await startBare(modelUrl);
  await fetch(bare.url);
  results.figures['bare/startMs'] = Math.round(performance.now() - startedAt);
  await pause(2_000);
  results.figures['bare/idleMb'] = memoryMb([bare.pid]);
  await bare.stop();
}

/** Asks until there is an answer. @throws Error when there is none for a minute. */
async function firstAnswer(ask: () => Promise<unknown>): Promise<void> {
  for (const until = performance.now() + 60_000; ; ) {
    try {
      await ask();
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await pause(10);
    }
  }
}

const median = (values: number[]): number =>
  Math.round(values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN);
