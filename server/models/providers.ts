import { createHash } from 'node:crypto';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModelV4 } from '@ai-sdk/provider';
import { type CredentialProvider, PROVIDERS, type Provider } from '@/lib/contracts/models';
import { type Env, env } from '@/lib/env';
import { Invalid } from '../errors';

/** How to reach a vendor. The SDK would fall back to the server's own environment, so nothing is left out. */
export interface Connection {
  key: string | undefined;
  baseUrl: string;
  fetch: typeof globalThis.fetch;
}

interface Vendor {
  label: string;
  /** Where the vendor itself is; undefined when there is no such place. */
  baseUrl: string | undefined;
  /** The variable that makes the server's environment serve it: a key, or an address where no key is needed. */
  variable: keyof Env & string;
  /** Cheap, for a connection test. */
  testModel: string | undefined;
  fromEnvironment(): { key: string | undefined; baseUrl: string | undefined };
  open(id: string, connection: Connection): LanguageModelV4;
}

/** OpenAI speaks its Responses API; what is merely compatible speaks chat completions. */
export const VENDORS: Record<CredentialProvider, Vendor> = {
  openai: {
    label: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    variable: 'OPENAI_API_KEY',
    testModel: 'gpt-6-luna',
    fromEnvironment: () => ({ key: env.OPENAI_API_KEY, baseUrl: env.OPENAI_BASE_URL }),
    open: (id, { key, baseUrl, fetch }) => createOpenAI({ apiKey: key ?? '', baseURL: baseUrl, fetch })(id),
  },
  anthropic: {
    label: 'Anthropic',
    baseUrl: 'https://api.anthropic.com',
    variable: 'ANTHROPIC_API_KEY',
    testModel: 'claude-haiku-5-5',
    fromEnvironment: () => ({ key: env.ANTHROPIC_API_KEY, baseUrl: env.ANTHROPIC_BASE_URL }),
    // The vendor's own clients take the address without the version, the SDK takes it with.
    open: (id, { key, baseUrl, fetch }) =>
      createAnthropic({ apiKey: key ?? '', baseURL: `${baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1`, fetch })(
        id,
      ),
  },
  'openai-compatible': {
    label: 'OpenAI-compatible',
    baseUrl: undefined,
    variable: 'OPENAI_COMPATIBLE_BASE_URL',
    testModel: undefined,
    fromEnvironment: () => ({ key: env.OPENAI_COMPATIBLE_API_KEY, baseUrl: env.OPENAI_COMPATIBLE_BASE_URL }),
    open: (id, { key, baseUrl, fetch }) =>
      createOpenAICompatible({ name: 'openai-compatible', apiKey: key, baseURL: baseUrl, fetch, includeUsage: true })(
        id,
      ),
  },
};

const MAX_OPEN = 500;
const opened = new Map<string, LanguageModelV4>();

/** The vendor's client for a model. Kept, for a new one compiles its schemas anew: 2 ms a call. */
export function openModel(
  provider: CredentialProvider,
  id: string,
  connection: Connection & { source: string },
): LanguageModelV4 {
  const { source, key, baseUrl } = connection;
  const place = createHash('sha256')
    .update(JSON.stringify([provider, id, source, baseUrl, key]))
    .digest('base64');
  const known = opened.get(place) ?? VENDORS[provider].open(id, connection);
  // Deleted and set again, it is the newest; the first of a map is the oldest.
  opened.delete(place);
  opened.set(place, known);
  const [oldest] = opened.keys();
  if (opened.size > MAX_OPEN && oldest) opened.delete(oldest);
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
