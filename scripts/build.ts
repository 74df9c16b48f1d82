import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';

/**
 * `npm run build`: the pages, and beside them what starts them as plain JavaScript. Through tsx a start reads hundreds of
 * small files, and 180 kB of `package.json` for each of Drizzle's: a third of its time.
 */
const BUNDLED = ['drizzle-orm', 'zod'];

const pages = spawnSync(process.execPath, ['node_modules/next/dist/bin/next', 'build'], {
  stdio: 'inherit',
  env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
});
if (pages.status !== 0) process.exit(1);

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
await build({
  entryPoints: ['start', 'demo', 'runner'].map((name) => `scripts/${name}.ts`),
  outdir: '.next/scripts',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  external: Object.keys(dependencies).filter((name) => !BUNDLED.includes(name)),
  logLevel: 'warning',
});
