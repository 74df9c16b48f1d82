import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../db/testing/postgres';
import { findChromium } from './chromium';
import { prepareSecrets } from './prepare';
import { ensureBuilt, failStart } from './serve';

/**
 * The browser tests: a real PostgreSQL, one server on it and one on the embedded database, then Playwright.
 * Arguments go to Playwright.
 */
try {
  const onProgress = (what: string) => console.log(`… ${what}`);
  const chromium = findChromium(onProgress);
  ensureBuilt(onProgress);
  const directory = mkdtempSync(join(tmpdir(), 'muster-e2e-'));
  const postgres = await startPostgres();
  await postgres.createLogin('app');
  await postgres.createDatabase('muster', 'app');
  // The tests make organizations in the server's own database, so they need the same keys.
  prepareSecrets(join(directory, 'postgres'));
  const tests = spawn(process.execPath, ['node_modules/@playwright/test/cli.js', 'test', ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: {
      ...process.env,
      CHROMIUM_PATH: chromium,
      DATABASE_URL: postgres.url('muster', 'app'),
      MUSTER_E2E_DIR: directory,
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
    },
  });
  const code = await new Promise<number>((ended) => tests.once('exit', (status) => ended(status ?? 1)));
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
  process.exit(code);
} catch (error) {
  failStart(error);
}
