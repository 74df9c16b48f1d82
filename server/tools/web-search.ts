import { z } from 'zod';
import { env } from '@/lib/env';
import { PreconditionFailed, Upstream } from '../errors';
import { createGuardedClient, type GuardedFetch } from '../http/guarded';
import { knownSecrets, resolveSecrets } from '../secrets/resolve';
import { SEARCH_ENGINES, type SearchHit } from './search-engines';
import { machineTool, type ToolEnvironment } from './tool';

const MAX_SNIPPET = 1_000;

/** For addresses the server's environment names: they may be private. */
const serverHttp = createGuardedClient({ isAllowedAddress: () => true }).fetch;

const input = z.object({
  query: z.string().trim().min(1).max(400).describe('As one would type it into a search engine'),
  count: z.number().int().min(1).max(10).default(5),
});

export const webSearch = machineTool({
  name: 'web_search',
  label: 'Web search',
  does: 'Searches the web with Tavily, Brave Search or SearXNG.',
  group: 'web',
  reads: 'untrusted',
  effect: 'sends',
  description:
    'Searches the web and gives titles, addresses and snippets. Read what matters with fetch_page if you have it.',
  inputSchema: input,
  timeoutMs: 20_000,
  async run({ query, count }, environment) {
    const { engine, setting, http } = await chooseEngine(environment);
    const { url, ...request } = engine.request(setting, query, count);
    const answer = await http(url, { ...request, signal: environment.signal, timeoutMs: 15_000, maxBytes: 2_000_000 });
    if (answer.status === 401 || answer.status === 403) {
      throw new PreconditionFailed(`${engine.label} refuses what ${engine.setting} holds (${answer.status}).`);
    }
    const hits = answer.status === 200 ? readHits(engine.hits, answer.body) : undefined;
    if (!hits) {
      const retriable = answer.status === 429 || answer.status >= 500;
      throw new Upstream(`${engine.label} gives no results (status ${answer.status}).`, {
        reason: 'tool_failed',
        retriable,
      });
    }
    const results = hits.slice(0, count).map((hit) => ({ ...hit, snippet: hit.snippet.slice(0, MAX_SNIPPET) }));
    return { engine: engine.label, results };
  },
});

/** The first engine that is set up: by a secret of the workspace or organization, else by the server's environment. */
async function chooseEngine({ ctx, runId, workspaceId, http }: ToolEnvironment) {
  const names = SEARCH_ENGINES.map(({ setting }) => setting);
  const own = await knownSecrets(ctx, names, workspaceId);
  const mine = SEARCH_ENGINES.find(({ setting }) => own.includes(setting));
  if (mine) {
    const { text } = await resolveSecrets(ctx, `{{secret.${mine.setting}}}`, { runId, workspaceId });
    // Where a server is told to reach the vendor elsewhere, that holds for everybody's keys.
    return { engine: mine, setting: text, http: isRedirected(mine.setting) ? serverHttp : http };
  }
  const engine = SEARCH_ENGINES.find(({ setting }) => env[setting]);
  if (!engine) {
    throw new PreconditionFailed(
      `No search is set up. Add a secret ${names.join(', ')} in Settings › Secrets (or in the server's environment).`,
    );
  }
  const needsServer = engine.setting === 'SEARXNG_URL' || isRedirected(engine.setting);
  return { engine, setting: env[engine.setting] ?? '', http: (needsServer ? serverHttp : http) satisfies GuardedFetch };
}

const isRedirected = (setting: (typeof SEARCH_ENGINES)[number]['setting']): boolean =>
  (setting === 'TAVILY_API_KEY' && env.TAVILY_BASE_URL !== undefined) ||
  (setting === 'BRAVE_SEARCH_API_KEY' && env.BRAVE_SEARCH_BASE_URL !== undefined);

function readHits(read: (answer: unknown) => SearchHit[], body: Uint8Array): SearchHit[] | undefined {
  try {
    return read(JSON.parse(Buffer.from(body).toString('utf8')));
  } catch {
    return undefined;
  }
}
