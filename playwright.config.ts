import { join } from 'node:path';
import { defineConfig } from '@playwright/test';

const directory = process.env.MUSTER_E2E_DIR ?? '/tmp/muster-e2e';
/** The same server twice: on a real PostgreSQL for most tests, and as it comes, on the embedded database, for one journey. */
const POSTGRES_PORT = Number(process.env.MUSTER_E2E_PORT ?? 4310);
const EMBEDDED_PORT = POSTGRES_PORT + 1;

const server = (port: number, dataDir: string, databaseUrl: string) => ({
  command: 'node scripts/launch.mjs start',
  url: `http://localhost:${port}/api/health/ready`,
  timeout: 60_000,
  gracefulShutdown: { signal: 'SIGTERM' as const, timeout: 12_000 },
  env: {
    PORT: String(port),
    MUSTER_DATA_DIR: join(directory, dataDir),
    DATABASE_URL: databaseUrl,
    // The databases that tests connect to are on this machine.
    MUSTER_CONNECTOR_PRIVATE_HOSTS: '127.0.0.1',
  },
});

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 45_000,
  expect: { timeout: 10_000 },
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ? [['line'], ['json']] : 'line',
  use: {
    trace: 'retain-on-failure',
    reducedMotion: 'reduce',
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH,
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-quic'],
    },
  },
  projects: [
    { name: 'postgres', testIgnore: 'embedded.spec.ts', use: { baseURL: `http://localhost:${POSTGRES_PORT}` } },
    { name: 'embedded', testMatch: 'embedded.spec.ts', use: { baseURL: `http://localhost:${EMBEDDED_PORT}` } },
  ],
  webServer: [server(POSTGRES_PORT, 'postgres', process.env.DATABASE_URL ?? ''), server(EMBEDDED_PORT, 'embedded', '')],
});
