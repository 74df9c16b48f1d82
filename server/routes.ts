import { readFileSync } from 'node:fs';

interface Manifest {
  staticRoutes: { page: string }[];
  dynamicRoutes: { page: string; regex: string }[];
  headers: { regex: string; headers: { key: string; value: string }[] }[];
}

/** What Next wrote at the build of its routes, and of the headers that next.config.mjs gives their answers. */
export interface Routes {
  /**
   * The pattern of a path: `/acme/agents` is `/[org]/agents`. Paths that are none of ours are `other`, so that whoever tries
   * addresses makes no labels.
   */
  routeOf(path: string): string;
  headersOf(path: string): Map<string, string>;
}

/** @param file `.next/routes-manifest.json`; where there is none (in development) every path is `other` */
export function readRoutes(file: string): Routes {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { routeOf: () => 'other', headersOf: () => new Map() };
  }
  const pages = new Set(manifest.staticRoutes.map(({ page }) => page));
  const patterns = manifest.dynamicRoutes.map(({ page, regex }) => ({ page, regex: new RegExp(regex) }));
  const headers = manifest.headers.map(({ regex, headers }) => ({ regex: new RegExp(regex), headers }));
  return {
    routeOf(path) {
      if (path.startsWith('/_next/')) return '/_next';
      if (pages.has(path)) return path;
      return patterns.find(({ regex }) => regex.test(path))?.page ?? 'other';
    },
    headersOf: (path) =>
      new Map(
        headers
          .filter(({ regex }) => regex.test(path))
          .flatMap(({ headers }) => headers.map(({ key, value }) => [key, value])),
      ),
  };
}
