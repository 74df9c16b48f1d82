import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';

export type Child = ChildProcessByStdio<Writable, Readable, null>;

// Not relative to this file: Next bundles it.
const PROGRAM_RUNNER = join(process.cwd(), 'server/sandbox/child.cjs');

/** For a program that got out of its isolate: what the process around it may still use. */
const PROCESS_LIMITS = { addressSpaceKb: 2_000_000, cpuSeconds: 40, files: 64 };

const NO_ENVIRONMENT = {} as NodeJS.ProcessEnv;

/** Without compiler no program can make machine code, and there is no WebAssembly; it costs programs speed. */
const V8_FLAGS = ['--jitless', '--disable-wasm-trap-handler', '--max-old-space-size=64', '--no-warnings'];

/**
 * A process that waits for one program. Node's permission model lets it read two files: its script and the isolate's
 * library. It has no environment, no descriptors but its pipes, and, where the system has them, no network and limits
 * on memory, processor and files of the kernel's own.
 */
export async function startChild(script = PROGRAM_RUNNER): Promise<Child> {
  const addon = isolateLibrary();
  const node = [
    process.execPath,
    ...V8_FLAGS,
    '--permission',
    '--allow-addons',
    ...[script, addon].map((path) => `--allow-fs-read=${path}`),
    script,
    addon,
  ];
  const [command = '', ...args] = [...(await enclosure()), ...node];
  // A group of its own: all of it is killed together.
  return spawn(command, args, { env: NO_ENVIRONMENT, cwd: '/', detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
}

function isolateLibrary(): string {
  const require = createRequire(join(process.cwd(), 'package.json'));
  const directory = dirname(require.resolve('isolated-vm/package.json'));
  const { resolve } = createRequire(join(directory, 'package.json'))('node-gyp-build') as {
    resolve(directory: string): string;
  };
  return resolve(directory);
}

let found: Promise<string[]> | undefined;

/** The commands around Node that this system has; each is left out where it has none. */
const enclosure = (): Promise<string[]> => {
  found ??= (async () => {
    if (process.platform === 'win32') return [];
    const { addressSpaceKb, cpuSeconds, files } = PROCESS_LIMITS;
    const limits = `ulimit -c 0; ulimit -f 0; ulimit -n ${files}; ulimit -t ${cpuSeconds}; ulimit -v ${addressSpaceKb}`;
    // Where memory runs out, the kernel is to end a program and not the server.
    const first = 'echo 1000 > /proc/self/oom_score_adj';
    const shell = ['/bin/sh', '-c', `{ ${limits}; ${first}; } 2>/dev/null; exec "$@"`, 'sh'];
    const runs = ([command = '', ...args]: string[]) =>
      promisify(execFile)(command, args, { env: NO_ENVIRONMENT, timeout: 5_000 }).then(
        () => true,
        () => false,
      );
    // In namespaces of its own it has no way into a network, and sees no other process that it could signal.
    const unshare = ['/usr/bin/unshare', '--user', '--net', '--ipc', '--pid', '--fork', '--kill-child', '--'];
    return (await runs([...unshare, '/bin/true'])) ? [...unshare, ...shell] : shell;
  })();
  return found;
};
