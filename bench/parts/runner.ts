import { spawn } from 'node:child_process';
import { startPostgres } from '../../db/testing/postgres';
import type { Results } from '../results';
import type { Database } from '../systems';

/** The embedded runner alone, with a function of three steps and without this product: its own benchmark. */
export async function measureRunner(results: Results, database: Database): Promise<void> {
  console.log(`… the runner alone, ${database}`);
  const postgres = database === 'postgres' ? await startPostgres({ durable: true }) : undefined;
  try {
    const env: Record<string, string> = postgres ? { DATABASE_URL: postgres.url('postgres') } : {};
    const words = await output(['inngest/embedded/testing/bench.ts', ...(postgres ? ['postgres'] : [])], env);
    // Its first line of concurrency 1 is the warm-up; the later one replaces it here.
    for (const [, concurrency, perSecond, ms, statements] of words.matchAll(
      /^concurrency (\d+): ([\d.]+) runs\/s, ([\d.]+) ms a run, ([\d.]+) statements/gm,
    )) {
      const name = `${database}/runner/${concurrency}`;
      results.figures[`${name}/perSecond`] = Number(perSecond);
      results.figures[`${name}/ms`] = Number(ms);
      results.figures[`${name}/statements`] = Number(statements);
    }
  } finally {
    await postgres?.stop();
  }
}

function output(args: string[], env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) =>
      code === 0 ? done(text) : fail(new Error(`${args[0]} ended with ${code}: ${text}`)),
    );
  });
}
