import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));

export default defineConfig({
  resolve: { alias: { '@': root.replace(/\/$/, ''), 'server-only': `${root}db/testing/empty.ts` } },
  test: {
    include: ['app', 'components', 'lib', 'db', 'server', 'inngest', 'scripts'].map(
      (folder) => `${folder}/**/*.test.ts`,
    ),
    globalSetup: ['./db/testing/global-setup.ts'],
    setupFiles: ['./db/testing/close-database.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    server: { deps: { inline: ['next-auth'] } },
  },
});
