import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRoutes } from './routes';

const FILE = join(import.meta.dirname, 'testing/routes-manifest.json');

test('paths are named by the patterns of the build, and everything else alike', () => {
  const { routeOf } = readRoutes(FILE);
  expect(
    ['/', '/sign-in', '/acme/agents', '/acme/agents/0198', '/_next/static/x.js', '/wp-login.php/x', '/../etc'].map(
      routeOf,
    ),
  ).toEqual(['/', '/sign-in', '/[org]/agents', '/[org]/agents/[agentId]', '/_next', 'other', 'other']);
  expect(readRoutes('/nowhere').routeOf('/acme')).toBe('other');
});

test('answers have the headers that the build gives their path, of several the last', () => {
  const { headersOf } = readRoutes(FILE);
  expect([...headersOf('/api/v1/agents')]).toEqual([['X-Frame-Options', 'DENY']]);
  expect([...headersOf('/s/token')]).toEqual([['X-Frame-Options', 'SAMEORIGIN']]);
  expect([...readRoutes('/nowhere').headersOf('/')]).toEqual([]);
});
