import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startPostgres } from './testing/databases';
import { eventually } from './testing/harness';

const ROOT = join(import.meta.dirname, '../..');
let directory = '';
let children: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'muster-crash-'));
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

const logFile = () => join(directory, 'log');
const lines = () => {
  try {
    return readFileSync(logFile(), 'utf8').split('\n');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
};

async function startChild(settings: { dataDir?: string; url?: string; runs: number }) {
  const argument = JSON.stringify({ ...settings, log: logFile() });
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'testing/crash-child.ts'), argument],
    {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  children.push(child);
  let complaint = '';
  child.stderr?.on('data', (chunk) => {
    complaint += chunk;
  });
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await eventually(() => {
    if (child.exitCode !== null && child.exitCode !== 0) throw new Error(complaint);
    return child.exitCode === 0 || lines().includes(`ready ${child.pid}`) ? true : undefined;
  }, 60_000);
  return { child, exit, complaint: () => complaint };
}

const kill = async ({ child, exit }: Awaited<ReturnType<typeof startChild>>) => {
  child.kill('SIGKILL');
  await exit;
};

/** Bodies that began after their result was known to be memoised; and how often a body began at all. */
function faults() {
  const memoised = new Set<string>();
  const faulty: string[] = [];
  let begun = 0;
  for (const [what, run, step] of lines().map((line) => line.split(' '))) {
    if (what === 'memoised') memoised.add(`${run} ${step}`);
    if (what === 'begin') begun++;
    if (what === 'begin' && memoised.has(`${run} ${step}`)) faulty.push(`${run} ${step}`);
  }
  return { faulty, begun, memoised: memoised.size };
}

const lastActive = () =>
  Number(
    lines()
      .findLast((line) => line.startsWith('active '))
      ?.split(' ')[1] ?? 0,
  );
const randomPause = () => new Promise((resolve) => setTimeout(resolve, 30 + Math.random() * 350));

describe('killed at random moments', () => {
  test('PGlite: every run ends, and no memoised step runs again', { timeout: 180_000 }, async () => {
    const settings = { dataDir: join(directory, 'data'), runs: 80 };
    let interrupted = 0;
    for (let round = 0; round < 4; round++) {
      const running = await startChild(settings);
      await randomPause();
      if (lastActive() > 0) interrupted++;
      await kill(running);
    }
    const last = await startChild(settings);
    expect(await last.exit, last.complaint()).toBe(0);
    expect(interrupted).toBeGreaterThan(0);
    expect(faults().faulty).toEqual([]);
    expect(faults().memoised).toBe(80 * 8);
    expect(
      lines()
        .filter((line) => line.startsWith('ended'))
        .sort(),
    ).toEqual(['ended crash-child completed 80', 'ended crash-main completed 80']);
  });

  test('Postgres: two processes, one of them killed again and again', { timeout: 180_000 }, async () => {
    const db = await startPostgres();
    const settings = { url: db.address.DATABASE_URL, runs: 100 };
    const survivor = await startChild(settings);
    let interrupted = 0;
    for (let round = 0; round < 3 && survivor.child.exitCode === null; round++) {
      const running = await startChild(settings);
      await randomPause();
      if (lastActive() > 0) interrupted++;
      await kill(running);
    }
    expect(await survivor.exit, survivor.complaint()).toBe(0);
    expect(interrupted).toBeGreaterThan(0);
    expect(faults().faulty).toEqual([]);
    expect(await db.sql`select fn_id, status, count(*)::int as count from runner.run group by 1, 2 order by 1`).toEqual(
      [
        { fn_id: 'crash-child', status: 'completed', count: 100 },
        { fn_id: 'crash-main', status: 'completed', count: 100 },
      ],
    );
    expect(await db.sql`select * from runner.job`).toHaveLength(0);
    await db.stop();
  });
});
