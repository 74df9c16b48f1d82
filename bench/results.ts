import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import type { LoadResult } from './load-plan';

/** Runs of the task: the bare one measured just before, and this product's. */
export interface Cell {
  bare: LoadResult;
  muster: LoadResult;
}

/** Everything measured on a machine of one kind; each part replaces what it measured before. */
export interface Results {
  machine: { cpu: string; cores: number; memoryGb: number; node: string };
  parts: Record<string, { at: string; commit: string; load: number }>;
  /** By database, latency, task, mode and concurrency: `postgres/none/plain/wait/32`. */
  cells: Record<string, Cell>;
  /** Single figures by database and name: `embedded/start`. */
  figures: Record<string, number>;
  /** Statements of one run, most frequent first. */
  statements: Record<string, { sql: string; perRun: number }[]>;
}

const FOLDER = 'bench/results';
const machine = {
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  node: process.version,
};
const file = join(
  FOLDER,
  `${machine.cpu.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${machine.cores}.json`.replace(/^-+/, ''),
);

export function readResults(): Results {
  const empty: Results = { machine, parts: {}, cells: {}, figures: {}, statements: {} };
  return existsSync(file) ? { ...empty, ...(JSON.parse(readFileSync(file, 'utf8')) as Results), machine } : empty;
}

/** Writes what was measured, with when and of what. @returns the path */
export function writeResults(results: Results, part: string): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const dirty = git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+';
  const commit = `${git('rev-parse', '--short', 'HEAD')}${dirty}`;
  results.parts[part] = { at: new Date().toISOString(), commit, load: Math.round((loadavg()[0] ?? 0) * 10) / 10 };
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  return file;
}
