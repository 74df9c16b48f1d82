import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const documents = ['README.md', ...globSync('docs/**/*.md')];
const roots =
  /^(?:app|bench|components|db|deploy|docs|e2e|inngest|lib|public|scripts|server|\.ci)\/|^\.?[\w-]+\.(?:md|mjs|json|ts|example)$/;

/** What a document cites: targets of links, and code that looks like a path of ours. */
function citedPaths(path: string): string[] {
  const text = readFileSync(path, 'utf8').replace(/```[\s\S]*?```/g, '');
  const links = [...text.matchAll(/\]\(([^)#:\s]+)\)/g)].map(([, target = '']) => join(dirname(path), target));
  const code = [...text.matchAll(/`([^`\s]+)`/g)].map(([, span = '']) => span).filter((span) => roots.test(span));
  return [...links, ...code].filter(
    (cited) => !cited.includes('<') && cited !== 'owner.json' && cited !== 'secrets.json',
  );
}

test.each(documents)('every path that %s cites exists', (path) => {
  expect(citedPaths(path).filter((cited) => !existsSync(cited))).toEqual([]);
});

test('every setting of the server is explained in .env.example', () => {
  const names = [...readFileSync('lib/env.ts', 'utf8').matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name = '']) => name);
  const explained = readFileSync('.env.example', 'utf8');
  const internal = ['NODE_ENV'];
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !internal.includes(name) && !explained.includes(`${name}=`))).toEqual([]);
});
