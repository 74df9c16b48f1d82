import { createAnthropic } from '@ai-sdk/anthropic';
import { createAzure } from '@ai-sdk/azure';
import { createGoogle } from '@ai-sdk/google';
import { createMoonshotAI } from '@ai-sdk/moonshotai';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModelV4 } from '@ai-sdk/provider';
import { createTogetherAI } from '@ai-sdk/togetherai';
import type { AzureSettings, CredentialProvider } from '@/lib/contracts/models';
import { type Env, env } from '@/lib/env';

/** How to reach a vendor. The SDK would fall back to the server's own environment, so nothing is left out. */
export interface Connection {
  key: string | undefined;
  baseUrl: string;
  settings?: AzureSettings;
  fetch: typeof globalThis.fetch;
}

interface Vendor {
  /** Where the vendor itself is; undefined when there is no such place. */
  baseUrl: string | undefined;
  /** The variable that makes the server's environment serve it: a key, or an address where no key is needed. */
  variable: keyof Env & string;
  /** Cheap, for a connection test. */
  testModel: string | undefined;
  fromEnvironment(): { key: string | undefined; baseUrl: string | undefined; settings?: AzureSettings };
  open(id: string, connection: Connection): LanguageModelV4;
  /** How the vendor lists its models; undefined where a key is told of none. */
  list: { path: string; headers(key: string): Record<string, string>; isChat(model: ListedModel): boolean } | undefined;
}

/** What vendors say of a model, as far as it is read. */
export interface ListedModel {
  id: string;
  type?: string;
  supportedGenerationMethods?: string[];
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const everyModel = { path: '/models', headers: bearer, isChat: () => true };
const trimmed = (baseUrl: string) => baseUrl.replace(/\/+$/, '');
/** The vendor's own clients take the address without the version, the SDK takes it with. */
const versioned = (baseUrl: string) => `${trimmed(baseUrl).replace(/\/v1$/, '')}/v1`;

/** OpenAI speaks its Responses API; what is merely compatible speaks chat completions. */
export const VENDORS: Record<CredentialProvider, Vendor> = {
  openai: {
    baseUrl: 'https://api.openai.com/v1',
    variable: 'OPENAI_API_KEY',
    testModel: 'gpt-6-luna',
    fromEnvironment: () => ({ key: env.OPENAI_API_KEY, baseUrl: env.OPENAI_BASE_URL }),
    open: (id, { key, baseUrl, fetch }) => createOpenAI({ apiKey: key ?? '', baseURL: baseUrl, fetch })(id),
    // Its list has models for pictures, sounds and vectors too, and nothing but their names tells them apart.
    list: {
      ...everyModel,
      isChat: ({ id }) =>
        /^(gpt-|o\d|chatgpt-)/.test(id) && !/audio|realtime|image|tts|transcribe|search|instruct|embed/.test(id),
    },
  },
  anthropic: {
    baseUrl: 'https://api.anthropic.com',
    variable: 'ANTHROPIC_API_KEY',
    testModel: 'claude-haiku-5-5',
    fromEnvironment: () => ({ key: env.ANTHROPIC_API_KEY, baseUrl: env.ANTHROPIC_BASE_URL }),
    open: (id, { key, baseUrl, fetch }) =>
      createAnthropic({ apiKey: key ?? '', baseURL: versioned(baseUrl), fetch })(id),
    list: {
      path: '/models?limit=200',
      headers: (key) => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
      isChat: () => true,
    },
  },
  google: {
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    variable: 'GOOGLE_GENERATIVE_AI_API_KEY',
    testModel: 'gemini-2.5-flash',
    fromEnvironment: () => ({ key: env.GOOGLE_GENERATIVE_AI_API_KEY, baseUrl: env.GOOGLE_GENERATIVE_AI_BASE_URL }),
    open: (id, { key, baseUrl, fetch }) => createGoogle({ apiKey: key ?? '', baseURL: trimmed(baseUrl), fetch })(id),
    list: {
      path: '/models?pageSize=200',
      headers: (key) => ({ 'x-goog-api-key': key }),
      isChat: ({ id, supportedGenerationMethods }) =>
        (supportedGenerationMethods?.includes('generateContent') ?? false) && !/tts|image|embedding|live/.test(id),
    },
  },
  azure: {
    baseUrl: undefined,
    variable: 'AZURE_OPENAI_API_KEY',
    testModel: undefined,
    fromEnvironment: () => ({
      key: env.AZURE_OPENAI_API_KEY,
      baseUrl: env.AZURE_OPENAI_BASE_URL,
      settings: { apiVersion: env.AZURE_OPENAI_API_VERSION, deployments: named(env.AZURE_OPENAI_DEPLOYMENTS) },
    }),
    open: (id, { key, baseUrl, settings, fetch }) => {
      const { apiVersion } = settings ?? {};
      const isDated = apiVersion !== undefined && apiVersion !== 'v1';
      const azure = createAzure({
        apiKey: key ?? '',
        // The SDK adds the version at Azure's own hosts only, not behind a proxy.
        baseURL: isDated ? trimmed(baseUrl) : versioned(baseUrl),
        apiVersion,
        useDeploymentBasedUrls: isDated,
        fetch,
      });
      return isDated ? azure.chat(id) : azure.responses(id);
    },
    list: undefined,
  },
  together: {
    baseUrl: 'https://api.together.xyz/v1',
    variable: 'TOGETHER_API_KEY',
    testModel: 'meta-llama/Llama-3.3-70B-Instruct-Turbo',
    fromEnvironment: () => ({ key: env.TOGETHER_API_KEY, baseUrl: env.TOGETHER_BASE_URL }),
    open: (id, { key, baseUrl, fetch }) =>
      createTogetherAI({ apiKey: key ?? '', baseURL: baseUrl, fetch }).chatModel(id),
    list: { ...everyModel, isChat: ({ type }) => type === 'chat' },
  },
  moonshot: {
    baseUrl: 'https://api.moonshot.ai/v1',
    variable: 'MOONSHOT_API_KEY',
    testModel: 'kimi-k2.6',
    fromEnvironment: () => ({ key: env.MOONSHOT_API_KEY, baseUrl: env.MOONSHOT_BASE_URL }),
    open: (id, { key, baseUrl, fetch }) =>
      createMoonshotAI({ apiKey: key ?? '', baseURL: baseUrl, fetch }).chatModel(id),
    list: everyModel,
  },
  'openai-compatible': {
    baseUrl: undefined,
    variable: 'OPENAI_COMPATIBLE_BASE_URL',
    testModel: undefined,
    fromEnvironment: () => ({ key: env.OPENAI_COMPATIBLE_API_KEY, baseUrl: env.OPENAI_COMPATIBLE_BASE_URL }),
    open: (id, { key, baseUrl, fetch }) =>
      createOpenAICompatible({
        name: 'openai-compatible',
        apiKey: key,
        baseURL: baseUrl,
        fetch,
        includeUsage: true,
      })(id),
    list: everyModel,
  },
};

const named = (list: string | undefined): string[] =>
  (list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
