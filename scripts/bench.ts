import { cpus, loadavg } from 'node:os';
import { measureDecisions } from '../bench/parts/decisions';
import { measureRunner } from '../bench/parts/runner';
import { ALL, measureRuns, QUICK, warmUp } from '../bench/parts/runs';
import { measureBareStart, measureStart } from '../bench/parts/start';
import { measureStatements } from '../bench/parts/statements';
import { measureStored } from '../bench/parts/stored';
import { startScript } from '../bench/processes';
import { report, writeDocument } from '../bench/report';
import { readResults, writeResults } from '../bench/results';
import { type Database, Muster, startBare } from '../bench/systems';
import { ensureBuilt } from './serve';

/**
 * `npm run bench` measures in seven minutes what has a target; the words after `--` choose otherwise (docs/performance.md):
 * `quick` or `full` runs, `start`, `statements`, `stored` (1,000 runs and then 1,000,000; `stored=50000` for less), `runner`, `decisions`,
 * `all`; `embedded` or `postgres` for one database alone; `report` prints what was measured before, `docs` writes it down.
 */
const PARTS = ['quick', 'full', 'start', 'statements', 'stored', 'runner', 'decisions', 'report', 'docs'] as const;
type Part = (typeof PARTS)[number];

function chosen(words: string[]): { parts: Set<Part>; databases: Database[]; stored: number } {
  const known = new Set<string>([...PARTS, 'all', 'embedded', 'postgres']);
  const wrong = words.find((word) => !known.has(word.replace(/=\d+$/, '')));
  if (wrong) throw new Error(`There is no part ${wrong}. There are: ${[...known].join(', ')}.`);
  const parts = new Set(PARTS.filter((part) => words.some((word) => word.replace(/=\d+$/, '') === part)));
  if (words.includes('all'))
    for (const part of ['full', 'start', 'statements', 'stored', 'runner', 'decisions'] as const) parts.add(part);
  if (parts.size === 0) for (const part of ['quick', 'start', 'statements'] as const) parts.add(part);
  const databases = (['embedded', 'postgres'] as const).filter((database) => words.includes(database));
  const stored = Number(/=(\d+)$/.exec(words.find((word) => word.startsWith('stored=')) ?? '')?.[1] ?? 1_000_000);
  return { parts, databases: databases.length > 0 ? databases : ['embedded', 'postgres'], stored };
}

/** What has been started; ended last first, whatever happened. */
const running: { stop(): Promise<void> }[] = [];
const keep = <T extends { stop(): Promise<void> }>(system: T): T => {
  running.push(system);
  return system;
};

async function stopAll(): Promise<void> {
  for (const system of running.splice(0).reverse()) await system.stop();
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopAll().then(() => process.exit(1)));

try {
  const { parts, databases, stored } = chosen(process.argv.slice(2));
  const results = readResults();
  const busy = loadavg()[0] ?? 0;
  if (busy > cpus().length / 2)
    console.log(`… others work on this machine (load ${busy.toFixed(1)}): figures will be too high`);
  const done = (part: Part, database?: Database) => writeResults(results, database ? `${part} ${database}` : part);

  if (parts.has('quick') || parts.has('full') || parts.has('start') || parts.has('statements') || parts.has('stored')) {
    ensureBuilt((what) => console.log(`… ${what}`));
    const { url: modelUrl } = keep(await startScript('model-server.ts'));
    if (parts.has('start')) await measureBareStart(results, modelUrl);
    const kinds = parts.has('full') ? ALL : parts.has('quick') ? QUICK : [];
    const bare = kinds.length > 0 ? keep(await startBare(modelUrl)) : undefined;
    if (bare) await warmUp(bare);
    for (const database of databases) {
      if (!bare && !parts.has('start') && !parts.has('stored')) continue;
      console.log(`… starting on ${database === 'embedded' ? 'the embedded database' : 'Postgres'}`);
      const muster = keep(await Muster.start(database, modelUrl));
      if (parts.has('start')) {
        await measureStart(results, muster);
        done('start', database);
      }
      if (bare) {
        await measureRuns(results, { bare, muster, kinds, seconds: parts.has('full') ? 6 : 3 });
        done(parts.has('full') ? 'full' : 'quick', database);
      }
      if (parts.has('stored')) {
        await measureStored(results, muster, { few: 1_000, many: stored });
        done('stored', database);
      }
      running.splice(running.indexOf(muster), 1);
      await muster.stop();
    }
    if (parts.has('statements') && databases.includes('postgres')) {
      console.log('… counting statements');
      await measureStatements(results, modelUrl);
      done('statements');
    }
  }
  if (parts.has('runner')) {
    for (const database of databases) {
      await measureRunner(results, database);
      done('runner', database);
    }
  }
  if (parts.has('decisions')) {
    measureDecisions(results);
    done('decisions');
  }
  console.log(report(results));
  if (parts.has('docs')) writeDocument(results);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await stopAll();
}
