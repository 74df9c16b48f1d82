import { z } from 'zod';
import { env } from '@/lib/env';
import type { GuardedRequest } from '../http/guarded';

export interface SearchHit {
  title: string;
  url: string;
  snippet: string;
  publishedAt?: string;
}

/** A search service: what names its key or address, how it is asked, and how it answers. */
interface Engine {
  label: string;
  /** Name of the variable of the server, and of the secret of an organization, which comes first. */
  setting: 'TAVILY_API_KEY' | 'BRAVE_SEARCH_API_KEY' | 'SEARXNG_URL';
  request(setting: string, query: string, count: number): { url: string } & GuardedRequest;
  hits(answer: unknown): SearchHit[];
}

const Tavily = z.object({
  results: z.array(
    z.object({ title: z.string(), url: z.string(), content: z.string(), published_date: z.string().nullish() }),
  ),
});
const Brave = z.object({
  web: z
    .object({
      results: z.array(
        z.object({
          title: z.string(),
          url: z.string(),
          description: z.string().default(''),
          page_age: z.string().nullish(),
        }),
      ),
    })
    .nullish(),
});
const SearXng = z.object({
  results: z.array(
    z.object({
      title: z.string(),
      url: z.string(),
      content: z.string().nullish(),
      publishedDate: z.string().nullish(),
    }),
  ),
});

/** In the order in which they are chosen when several are set up. */
export const SEARCH_ENGINES: readonly Engine[] = [
  {
    // https://docs.tavily.com/documentation/api-reference/endpoint/search
    label: 'Tavily',
    setting: 'TAVILY_API_KEY',
    request: (key, query, count) => ({
      url: `${env.TAVILY_BASE_URL ?? 'https://api.tavily.com'}/search`,
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, max_results: count, search_depth: 'basic' }),
    }),
    hits: (answer) =>
      Tavily.parse(answer).results.map(({ title, url, content, published_date }) => ({
        title,
        url,
        snippet: content,
        ...(published_date && { publishedAt: published_date }),
      })),
  },
  {
    // https://api-dashboard.search.brave.com/app/documentation/web-search/get-started
    label: 'Brave Search',
    setting: 'BRAVE_SEARCH_API_KEY',
    request: (key, query, count) => ({
      url: `${env.BRAVE_SEARCH_BASE_URL ?? 'https://api.search.brave.com/res/v1'}/web/search?${new URLSearchParams({ q: query, count: String(count), text_decorations: 'false' })}`,
      headers: { accept: 'application/json', 'x-subscription-token': key },
    }),
    hits: (answer) =>
      (Brave.parse(answer).web?.results ?? []).map(({ title, url, description, page_age }) => ({
        title,
        url,
        snippet: description,
        ...(page_age && { publishedAt: page_age }),
      })),
  },
  {
    // https://docs.searxng.org/dev/search_api.html; the server has to allow the format json.
    label: 'SearXNG',
    setting: 'SEARXNG_URL',
    request: (address, query) => ({
      url: `${address.replace(/\/+$/, '')}/search?${new URLSearchParams({ q: query, format: 'json' })}`,
      headers: { accept: 'application/json' },
    }),
    hits: (answer) =>
      SearXng.parse(answer).results.map(({ title, url, content, publishedDate }) => ({
        title,
        url,
        snippet: content ?? '',
        ...(publishedDate && { publishedAt: publishedDate }),
      })),
  },
];
