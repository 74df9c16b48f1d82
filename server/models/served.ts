import { z } from 'zod';
import { ModelName } from '@/lib/contracts/models';
import type { OwnedConnection } from './connections';

const Listing = z.object({ data: z.array(z.object({ id: z.string() })) });
const KEPT_MS = 60_000;
const MAX_MODELS = 200;

const kept = new Map<string, { at: number; models: string[] }>();

/**
 * The models an OpenAI-compatible address says it serves (`GET /models`), as `openai-compatible/…`; none when it does
 * not say. Kept for a minute, for editors ask often.
 * @param owner keeps organizations apart.
 */
export async function listServed(connection: OwnedConnection, owner: string): Promise<string[]> {
  const place = JSON.stringify([owner, connection.source, connection.baseUrl]);
  const known = kept.get(place);
  if (known && Date.now() - known.at < KEPT_MS) return known.models;
  const models = await read(connection).catch(() => []);
  if (kept.size > 1_000) kept.clear();
  kept.set(place, { at: Date.now(), models });
  return models;
}

async function read({ key, baseUrl, fetch }: OwnedConnection): Promise<string[]> {
  const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/models`, {
    headers: key ? { authorization: `Bearer ${key}` } : {},
    signal: AbortSignal.timeout(3_000),
  });
  const { data } = Listing.parse(await response.json());
  return data
    .map(({ id }) => `openai-compatible/${id}`)
    .filter((model) => ModelName.safeParse(model).success)
    .slice(0, MAX_MODELS);
}
