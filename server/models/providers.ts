import { createHash } from 'node:crypto';
import type { LanguageModelV4 } from '@ai-sdk/provider';
import { LRUCache } from 'lru-cache';
import { type CredentialProvider, PROVIDERS, type Provider } from '@/lib/contracts/models';
import { Invalid } from '../errors';
import { type Connection, VENDORS } from './vendors';

const opened = new LRUCache<string, LanguageModelV4>({ max: 500 });

/** The vendor's client for a model. Kept, for a new one compiles its schemas anew: 2 ms a call. */
export function openModel(
  provider: CredentialProvider,
  id: string,
  connection: Connection & { source: string },
): LanguageModelV4 {
  const { source, key, baseUrl, settings } = connection;
  const place = createHash('sha256')
    .update(JSON.stringify([provider, id, source, baseUrl, key, settings?.apiVersion]))
    .digest('base64');
  const known = opened.get(place) ?? VENDORS[provider].open(id, connection);
  opened.set(place, known);
  return known;
}

export interface ModelParts {
  provider: Provider;
  /** The provider's own name of the model, slashes included. */
  id: string;
}

/** Takes `provider/model` apart. @throws Invalid that names the providers there are. */
export function parseModel(model: string): ModelParts {
  const slash = model.indexOf('/');
  const provider = PROVIDERS.find((known) => known === model.slice(0, slash));
  const id = model.slice(slash + 1);
  if (provider && id) return { provider, id };
  throw new Invalid(
    `There is no model ${JSON.stringify(model.slice(0, 100))}. A model is named provider/model; providers are ${PROVIDERS.join(', ')}.`,
    { fields: { model: 'Unknown provider' } },
  );
}
