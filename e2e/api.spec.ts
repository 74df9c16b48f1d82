import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { freePort, ServerProcess } from './fixtures/server-process';

/** What differs from call to call, and what only says how the answer is packed. */
const PASSING = /^(?:date|x-request-id|location|vary|content-length|transfer-encoding|connection|keep-alive)$/;
const IDS = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|\d{4}-\d\d-\d\dT[\d:.]+Z|"(?:durationMs|providerMs)":\d+/g;

test('the API answers the second time, without Next, as it did the first time, through it', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'muster-api-'));
  const server = new ServerProcess(directory, await freePort());
  try {
    await server.start();
    const { apiKey } = JSON.parse(readFileSync(join(directory, 'owner.json'), 'utf8')) as { apiKey: string };
    const ask = async (method: string, path: string, { body, key = apiKey }: { body?: string; key?: string } = {}) => {
      const headers = {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      };
      const answer = await fetch(`${server.url}/api/v1${path}`, { method, headers, body });
      return {
        status: `${answer.status} ${answer.statusText}`,
        headers: Object.fromEntries([...answer.headers].filter(([name]) => !PASSING.test(name))),
        text: (await answer.text()).replace(IDS, '…'),
      };
    };
    const calls: Parameters<typeof ask>[] = [
      // Beside an agent's own route, which is loaded as well.
      ['GET', '/agents/not-an-id'],
      ['GET', '/agents/export'],
      ['GET', '/runs?limit=2'],
      ['GET', '/runs?limit=none'],
      ['GET', '/runs/01a1fae7-7a7c-70a8-939a-8048a3519142'],
      ['GET', '/runs/%41%2F', {}],
      ['GET', '/agents', { key: 'sk_live_none' }],
      ['POST', '/agents', { body: '{"name":' }],
      ['POST', '/agents', { body: '{"name":""}' }],
      ['PUT', '/agents', { body: '{}' }],
      ['GET', '/nothing/here'],
    ];
    const first = [];
    for (const call of calls) first.push(await ask(...call));
    const second = [];
    for (const call of calls) second.push(await ask(...call));
    expect(second).toEqual(first);
    expect(first.map(({ status }) => status.slice(0, 3))).toEqual([
      '400',
      '400',
      '200',
      '400',
      '404',
      '400',
      '401',
      '400',
      '400',
      '405',
      '404',
    ]);
    expect(first[1]?.text).toContain('agentId');
    expect(first[1]?.text).not.toContain('Not an id');
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});
