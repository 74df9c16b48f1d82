import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium'];

/** A Chromium for the browser tests: CHROMIUM_PATH, one that is installed, or Debian's, installed now. */
export function findChromium(onProgress: (what: string) => void): string {
  const named = process.env.CHROMIUM_PATH;
  if (named) return named;
  const installed = PLACES.find((path) => existsSync(path));
  if (installed) return installed;
  const isRoot = process.getuid?.() === 0;
  const apt = (...args: string[]) =>
    execFileSync(isRoot ? 'apt-get' : 'sudo', [...(isRoot ? [] : ['-n', 'apt-get']), ...args], {
      stdio: 'pipe',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  try {
    onProgress('installing Chromium for the browser tests');
    apt('update', '-qq');
    apt('install', '-y', '-qq', '--no-install-recommends', 'chromium');
  } catch (error) {
    throw new Error('No Chromium was found and it could not be installed. Install one, or set CHROMIUM_PATH.', {
      cause: error,
    });
  }
  const found = PLACES.find((path) => existsSync(path));
  if (!found) throw new Error('Chromium was installed, but not where it was expected. Set CHROMIUM_PATH.');
  return found;
}
