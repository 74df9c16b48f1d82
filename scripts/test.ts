import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Every tier, one after the other; the last line sums them up. A tier without a report of its own counts as one test. */

interface Counts {
  passed: number;
  failed: number;
}

const reports = mkdtempSync(join(tmpdir(), 'muster-test-'));
const bin = (name: string) => join('node_modules/.bin', name);

/** How much of what a tier that failed said at its end is said again at the end of everything, where people look first. */
const TAIL_CHARACTERS = 4_000;
let tail = '';

const run = (command: string, args: string[], env: Record<string, string> = {}): Promise<number> =>
  new Promise((ended) => {
    tail = '';
    const child = spawn(command, args, {
      stdio: ['inherit', 'pipe', 'pipe'],
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env },
    });
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      from.setEncoding('utf8').on('data', (text: string) => {
        to.write(text);
        tail = (tail + text).slice(-TAIL_CHARACTERS);
      });
    }
    child.once('error', (error) => {
      console.error(error.message);
      ended(1);
    });
    child.once('exit', (code) => {
      const end = () => ended(code ?? 1);
      child.once('close', end);
      // A grandchild that lives on may hold what it was given to write to.
      setTimeout(end, 2_000).unref();
    });
  });

const check = async (command: string, ...args: string[]): Promise<Counts> =>
  (await run(command, args)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };

/** Reads a runner's own report. One that failed without a failed test to show (it crashed) counts as one failure. */
function counted(code: number, report: string, read: (json: never) => Counts): Counts {
  let counts: Counts;
  try {
    counts = read(JSON.parse(readFileSync(report, 'utf8')) as never);
  } catch (error) {
    console.error(`No report of this tier: ${error instanceof Error ? error.message : error}`);
    return { passed: 0, failed: 1 };
  }
  const silent = counts.failed === 0 && (code !== 0 || counts.passed === 0);
  return silent ? { ...counts, failed: 1 } : counts;
}

async function vitest(): Promise<Counts> {
  const report = join(reports, 'vitest.json');
  const code = await run(bin('vitest'), [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  return counted(code, report, (json: { numPassedTests: number; numFailedTests: number; numPendingTests: number }) => ({
    passed: json.numPassedTests,
    failed: json.numFailedTests + json.numPendingTests,
  }));
}

async function playwright(): Promise<Counts> {
  const report = join(reports, 'playwright.json');
  const code = await run(process.execPath, ['--import', 'tsx', 'scripts/e2e.ts'], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  });
  return counted(
    code,
    report,
    (json: { stats: { expected: number; unexpected: number; flaky: number; skipped: number } }) => ({
      passed: json.stats.expected,
      failed: json.stats.unexpected + json.stats.flaky + json.stats.skipped,
    }),
  );
}

const TIERS: [string, () => Promise<Counts>][] = [
  ['format and lint', () => check(bin('biome'), 'check', '.')],
  ['route types', () => check(bin('next'), 'typegen')],
  ['types', () => check(bin('tsc'), '--noEmit')],
  ['import rules', () => check('npm', 'run', '--silent', 'imports')],
  ['unused code', () => check(bin('knip'))],
  ['unit, integration, jobs', vitest],
  ['build', () => check('npm', 'run', '--silent', 'build')],
  ['browser', playwright],
];

const only = process.argv.slice(2);
const total: Counts = { passed: 0, failed: 0 };
const failures: string[] = [];
for (const [name, tier] of TIERS) {
  if (only.length > 0 && !only.some((word) => name.includes(word))) continue;
  const startedAt = performance.now();
  console.log(`\n── ${name}`);
  const { passed, failed } = await tier();
  total.passed += passed;
  total.failed += failed;
  if (failed > 0) failures.push(`\n── ${name} failed; it ended with\n${tail}`);
  console.log(
    `── ${name}: ${passed} passed, ${failed} failed in ${Math.round((performance.now() - startedAt) / 1000)} s`,
  );
}
rmSync(reports, { recursive: true, force: true });
for (const failure of failures) console.log(failure);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
