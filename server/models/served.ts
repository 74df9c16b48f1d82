import { z } from 'zod';
import { type CredentialProvider, ModelName } from '@/lib/contracts/models';
import type { OwnedConnection } from './connections';
import { type ListedModel, VENDORS } from './vendors';

const Listed = z.object({
  id: z.string(),
  type: z.string().optional(),
  supportedGenerationMethods: z.array(z.string()).optional(),
}) satisfies z.ZodType<ListedModel>;
/** Most say `data`, Together says a bare list, Google says `models` and names them `models/…`. */
const Listing = z.union([
  z.object({ data: z.array(Listed) }).transform(({ data }) => data),
  z.array(Listed),
  z
    .object({ models: z.array(Listed.omit({ id: true }).extend({ name: z.string() })) })
    .transform(({ models }) => models.map(({ name, ...rest }) => ({ ...rest, id: name.replace(/^models\//, '') }))),
]);

const KEPT_MS = 60_000;
const MAX_MODELS = 400;

const kept = new Map<string, { at: number; models: string[] }>();

/**
 * The models a provider says it serves, as `provider/…`; none when it does not say, or does not answer. Kept for a minute,
 * for editors ask often.
 * @param owner keeps organizations apart.
 */
export async function listServed(
  provider: CredentialProvider,
  connection: OwnedConnection,
  owner: string,
): Promise<string[]> {
  const { source, baseUrl, settings } = connection;
  if (settings?.deployments) return named(provider, settings.deployments);
  const place = JSON.stringify([owner, provider, source, baseUrl]);
  const known = kept.get(place);
  if (known && Date.now() - known.at < KEPT_MS) return known.models;
  const read = readAndKeep(place, provider, connection);
  // What was there a while ago is shown at once, and looked at again behind it.
  return known && known.models.length > 0 ? known.models : read;
}

async function readAndKeep(
  place: string,
  provider: CredentialProvider,
  connection: OwnedConnection,
): Promise<string[]> {
  const models = await read(provider, connection).catch(() => []);
  if (kept.size > 1_000) kept.clear();
  kept.set(place, { at: Date.now(), models });
  return models;
}

async function read(provider: CredentialProvider, { key, baseUrl, fetch }: OwnedConnection): Promise<string[]> {
  const { list } = VENDORS[provider];
  if (!list) return [];
  const root = baseUrl.replace(/\/+$/, '');
  // Anthropic's address is without the version.
  const versioned = provider === 'anthropic' ? `${root.replace(/\/v1$/, '')}/v1` : root;
  const response = await fetch(`${versioned}${list.path}`, {
    headers: key ? list.headers(key) : {},
    signal: AbortSignal.timeout(3_000),
  });
  const listed = Listing.parse(await response.json());
  const ids = listed.filter((model) => list.isChat(model)).map(({ id }) => id);
  return named(provider, ids).slice(0, MAX_MODELS);
}

const named = (provider: CredentialProvider, ids: readonly string[]): string[] =>
  ids.map((id) => `${provider}/${id}`).filter((model) => ModelName.safeParse(model).success);
