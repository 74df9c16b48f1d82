import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '@/db/columns';
import { env } from '@/lib/env';
import { createGuardedClient } from '../http/guarded';
import { createSecret } from '../secrets/service';
import { makeScene, type Scene } from '../testing/scene';
import { setSilentRunner } from '../testing/silent-runner';
import { pageToMarkdown } from './page-to-markdown';
import { findTool, runTool } from './registry';
import type { MachineTool, ToolEnvironment } from './tool';

const closers: (() => void)[] = [];
const NAMES = [
  'TAVILY_API_KEY',
  'TAVILY_BASE_URL',
  'BRAVE_SEARCH_API_KEY',
  'BRAVE_SEARCH_BASE_URL',
  'SEARXNG_URL',
] as const;
afterEach(() => {
  for (const close of closers.splice(0)) close();
  for (const name of NAMES) env[name] = undefined;
});

async function serve(answer: (request: IncomingMessage, body: string, response: ServerResponse) => void) {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    answer(request, body, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const json = (response: ServerResponse, value: unknown, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

let scene: Scene;
beforeAll(async () => {
  setSilentRunner();
  scene = await makeScene();
});

async function environment({ owner } = scene): Promise<ToolEnvironment> {
  const { fetch } = createGuardedClient({ isAllowedAddress: (address) => address === '127.0.0.1' });
  return { signal: new AbortController().signal, http: fetch, ctx: owner };
}
const run = (name: string, input: unknown, given: ToolEnvironment) =>
  runTool(findTool(name) as MachineTool, input, given);

describe('fetch_page', () => {
  const article = `<!doctype html><html><head><title>Tide tables — Harbour</title><meta name="author" content="Ada Wren"></head><body>
    <nav><a href="/">Home</a><a href="/about">About</a></nav>
    <article><h1>Tide tables</h1><p class="byline">By Ada Wren</p>
    ${'<p>High water at the old pier comes twice a day, and the table below says when. It is measured at the gauge by the lock.</p>'.repeat(4)}
    <h2>Times</h2><table><thead><tr><th>Day</th><th>High</th></tr></thead><tbody><tr><td>Mon</td><td>04:12</td></tr></tbody></table>
    <p>See <a href="../more?x=1">more</a>, not <a href="javascript:alert(1)">this</a>. <img src="http://track.example/p.gif" alt="a pier"></p>
    <pre><code>gauge --now</code></pre></article><script>steal()</script><style>p{}</style></body></html>`;

  test('reads the article of a page', async () => {
    const base = await serve((_, __, response) =>
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(article),
    );
    const result = await run('fetch_page', { url: `${base}/a/b` }, await environment());
    expect(result).toMatchObject({ ok: true, output: { byline: 'Ada Wren', goOnFrom: null } });
    const { title, markdown } = (result as unknown as { output: Record<string, string> }).output;
    expect(title).toContain('Tide tables');
    expect(markdown).toContain('| Mon | 04:12 |');
    expect(markdown).toContain(`[more](${base}/more?x=1)`);
    expect(markdown).toContain('gauge --now');
    expect(markdown).not.toMatch(/steal|javascript:|track\.example|About/);
  });

  test('a long page comes in pieces', async () => {
    const base = await serve((_, __, response) =>
      response.writeHead(200, { 'content-type': 'text/plain' }).end('0123456789'.repeat(100)),
    );
    const given = await environment();
    expect(await run('fetch_page', { url: base, characters: 500 }, given)).toMatchObject({
      output: { characters: 1_000, goOnFrom: 500 },
    });
    expect(await run('fetch_page', { url: base, characters: 500, from: 500 }, given)).toMatchObject({
      output: { goOnFrom: null, markdown: '0123456789'.repeat(50) },
    });
  });

  test.each([
    ['a PDF', 'application/pdf', '%PDF-1.7', 200, /is a PDF/],
    ['a PDF that calls itself a page', 'text/html', '%PDF-1.7', 200, /is a PDF/],
    ['a picture', 'image/png', 'x', 200, /image\/png, which this tool cannot read/],
    ['no page', 'text/html', 'gone', 404, /answers 404/],
    ['a page that is too large', 'text/html', 'x'.repeat(1_600_000), 200, /larger than 1.5 MB/],
    [
      'a page that is too deep',
      'text/html',
      '<div>'.repeat(20_000),
      200,
      /too large, too deep or too broken|takes too long/,
    ],
  ])('%s is an error the model can read', async (_, type, body, status, message) => {
    const base = await serve((__, ___, response) => response.writeHead(status, { 'content-type': type }).end(body));
    const result = await run('fetch_page', { url: base }, await environment());
    expect(result).toMatchObject({ ok: false, error: expect.stringMatching(message) });
  });

  test('private addresses are refused', async () => {
    const given = await environment();
    const { fetch } = createGuardedClient();
    expect(await run('fetch_page', { url: 'http://169.254.169.254/' }, { ...given, http: fetch })).toMatchObject({
      ok: false,
      error: expect.stringContaining('no public address'),
    });
  });

  test('a page without article is read whole', async () => {
    const page = '<title>T</title><h1>One</h1><ul><li>two</ul>';
    expect(
      await pageToMarkdown(page, 'http://a.example/', { orgId: newId(), signal: new AbortController().signal }),
    ).toMatchObject({
      title: 'T',
      markdown: '## One\n\n-   two',
    });
  });
});

describe('web_search', () => {
  const hit = { title: 'Tide', url: 'https://tide.example/', snippet: 'twice a day', publishedAt: '2026-01-02' };
  const { title, url, snippet, publishedAt } = hit;

  test('asks Tavily', async () => {
    let seen: unknown;
    env.TAVILY_API_KEY = 'tvly-1';
    env.TAVILY_BASE_URL = await serve(({ method, url: path, headers }, body, response) => {
      seen = { method, path, authorization: headers.authorization, body: JSON.parse(body) };
      json(response, {
        query: 'q',
        results: [{ title, url, content: snippet, score: 0.9, published_date: publishedAt }],
      });
    });
    expect(await run('web_search', { query: 'tides', count: 3 }, await environment())).toEqual({
      ok: true,
      output: { engine: 'Tavily', results: [hit] },
    });
    expect(seen).toEqual({
      method: 'POST',
      path: '/search',
      authorization: 'Bearer tvly-1',
      body: { query: 'tides', max_results: 3, search_depth: 'basic' },
    });
  });

  test('asks Brave Search', async () => {
    let seen: unknown;
    env.BRAVE_SEARCH_API_KEY = 'brave-1';
    env.BRAVE_SEARCH_BASE_URL = await serve(({ url: path, headers }, _, response) => {
      seen = { path, key: headers['x-subscription-token'] };
      json(response, {
        type: 'search',
        web: { results: [{ title, url, description: snippet, page_age: publishedAt }] },
      });
    });
    expect(await run('web_search', { query: 'tides & moon' }, await environment())).toEqual({
      ok: true,
      output: { engine: 'Brave Search', results: [hit] },
    });
    expect(seen).toEqual({ path: '/web/search?q=tides+%26+moon&count=5&text_decorations=false', key: 'brave-1' });
  });

  test('asks SearXNG, and cuts what it gives too much of', async () => {
    const many = Array.from({ length: 30 }, () => ({ title, url, content: 'x'.repeat(5_000), engine: 'any' }));
    env.SEARXNG_URL = await serve((_, __, response) => json(response, { results: many }));
    const result = await run('web_search', { query: 'tides', count: 2 }, await environment());
    expect(result).toMatchObject({ ok: true, output: { engine: 'SearXNG' } });
    const { results } = (result as unknown as { output: { results: (typeof hit)[] } }).output;
    expect(results).toHaveLength(2);
    expect(results[0]?.snippet).toHaveLength(1_000);
  });

  test("an organization's own key comes before the server's", async () => {
    const given = await environment(await makeScene());
    let seen: string | undefined;
    env.TAVILY_API_KEY = 'of-the-server';
    env.TAVILY_BASE_URL = await serve(({ headers }, _, response) => {
      seen = headers.authorization;
      json(response, { results: [] });
    });
    await createSecret(given.ctx, { name: 'TAVILY_API_KEY', value: 'of-the-organization', description: '' });
    expect(await run('web_search', { query: 'x' }, given)).toMatchObject({ ok: true, output: { results: [] } });
    expect(seen).toBe('Bearer of-the-organization');
  });

  test.each([
    ['a key that is refused', 401, {}, /Tavily refuses what TAVILY_API_KEY holds/],
    ['too many questions', 429, {}, /no results \(status 429\)/],
    ['an answer of another shape', 200, { results: [{ name: 1 }] }, /no results/],
  ])('%s is an error the model can read', async (_, status, body, message) => {
    env.TAVILY_API_KEY = 'x';
    env.TAVILY_BASE_URL = await serve((__, ___, response) => json(response, body, status));
    expect(await run('web_search', { query: 'x' }, await environment())).toMatchObject({
      ok: false,
      error: expect.stringMatching(message),
    });
  });

  test('says how it is set up', async () => {
    expect(await run('web_search', { query: 'x' }, await environment())).toMatchObject({
      ok: false,
      error: expect.stringContaining('Settings › Secrets'),
    });
  });
});

test.each([
  ['nested without end', '<b>'.repeat(500_000)],
  ['one element with everything', `<p ${Array.from({ length: 200_000 }, (_, at) => `a${at}`).join(' ')}>`],
])('a page that takes all memory is refused, and takes nothing else with it: %s', async (_, page) => {
  const asker = { orgId: newId(), signal: new AbortController().signal };
  await expect(pageToMarkdown(page, 'http://a.example/', asker)).rejects.toThrow(/too large|too long/);
});
