import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LoadResult, load, percentile } from '../bench/load';
import { freePort, ServerProcess } from '../e2e/fixtures/server-process';
import { blankSpec } from '../lib/contracts/agents';
import { ensureBuilt, failStart } from './serve';

/**
 * The same task through the bare AI SDK in a plain Node server and through this product's public API, both against the
 * same local provider without latency. Prints what a run costs more, how many there are in a second, and the ratio.
 */

const children: ChildProcess[] = [];

/** Starts a script of `bench/` and gives the address it says it is ready at. */
function startScript(script: string, ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', join('bench', script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return new Promise((ready, fail) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      const url = /^ready (\S+)/m.exec(chunk.toString())?.[1];
      if (url) ready(url);
    });
    child.once('exit', (code) => fail(new Error(`bench/${script} ended with ${code}`)));
  });
}

interface Row {
  concurrency: number;
  bare: LoadResult;
  muster: LoadResult;
}

const ms = (value: number) => `${value.toFixed(1)} ms`;

function print(rows: Row[]): void {
  console.table(
    Object.fromEntries(
      rows.map(({ concurrency, bare, muster }) => {
        const [bareP50, musterP50] = [percentile(bare.latencies, 0.5), percentile(muster.latencies, 0.5)];
        return [
          `concurrency ${concurrency}`,
          {
            'bare p50': ms(bareP50),
            'Muster p50': ms(musterP50),
            'Muster p95': ms(percentile(muster.latencies, 0.95)),
            'added per run': ms(musterP50 - bareP50),
            'bare runs/s': Math.round(bare.perSecond),
            'Muster runs/s': Math.round(muster.perSecond),
            ratio: `${(bare.perSecond / muster.perSecond).toFixed(1)}×`,
          },
        ];
      }),
    ),
  );
}

const dataDir = mkdtempSync(join(tmpdir(), 'muster-bench-'));
let server: ServerProcess | undefined;
try {
  ensureBuilt((what) => console.log(`… ${what}`));
  const modelUrl = await startScript('model-server.ts');
  const bareUrl = await startScript('bare-server.ts', modelUrl);
  server = new ServerProcess(dataDir, await freePort(), { OPENAI_COMPATIBLE_BASE_URL: `${modelUrl}/v1` });
  await server.start();
  const spec = { ...blankSpec('openai-compatible/fast'), instructions: '', tools: [] };
  const agent = await server.api<{ id: string }>('/agents', { name: 'Bench', spec, publish: true });
  const body = { input: 'Say hello.' };
  const muster = {
    url: `${server.url}/api/v1/agents/${agent.id}/runs`,
    headers: { authorization: `Bearer ${server.owner.apiKey}` },
    body,
  };
  const bare = { url: bareUrl, body };
  console.log('… warming up');
  await load(bare, { concurrency: 8, total: 400 });
  await load(muster, { concurrency: 8, total: 200 });
  const rows: Row[] = [];
  for (const [concurrency, total] of [
    [1, 200],
    [32, 1_000],
  ] as const) {
    console.log(`… concurrency ${concurrency}`);
    rows.push({
      concurrency,
      bare: await load(bare, { concurrency, total: total * 3 }),
      muster: await load(muster, { concurrency, total }),
    });
  }
  print(rows);
  mkdirSync('bench/results', { recursive: true });
  const summary = rows.map(({ concurrency, ...results }) => ({
    concurrency,
    ...Object.fromEntries(
      Object.entries(results).map(([name, { latencies, perSecond }]) => [
        name,
        { p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95), perSecond },
      ]),
    ),
  }));
  writeFileSync(
    'bench/results/latest.json',
    `${JSON.stringify({ cpu: cpus()[0]?.model, node: process.version, rows: summary }, null, 2)}\n`,
  );
} catch (error) {
  failStart(error);
} finally {
  await server?.stop();
  for (const child of children) child.kill();
  rmSync(dataDir, { recursive: true, force: true });
}
