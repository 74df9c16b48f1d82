import { readFileSync } from 'node:fs';

interface Manifest {
  staticRoutes: { page: string }[];
  dynamicRoutes: { page: string; regex: string }[];
}

/**
 * The pattern of a path, from what Next wrote at the build: `/acme/agents` is `/[org]/agents`. Paths that are none of
 * ours are `other`, so that whoever tries addresses makes no labels.
 * @param file `.next/routes-manifest.json`; where there is none (in development) every path is `other`
 */
export function readRoutes(file: string): (path: string) => string {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return () => 'other';
  }
  const pages = new Set(manifest.staticRoutes.map(({ page }) => page));
  const patterns = manifest.dynamicRoutes.map(({ page, regex }) => ({ page, regex: new RegExp(regex) }));
  return (path) => {
    if (path.startsWith('/_next/')) return '/_next';
    if (pages.has(path)) return path;
    return patterns.find(({ regex }) => regex.test(path))?.page ?? 'other';
  };
}
