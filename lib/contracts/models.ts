import { z } from 'zod';
import { text } from './text';

/** `provider/model`; what follows the first slash is the provider's own name, slashes included. */
export const ModelName = text(200).regex(
  /^[a-z][a-z0-9-]*\/\S+$/,
  'A model is named provider/model, for example openai/gpt-5-mini or sandbox/assistant.',
);

/** Providers that take a key of their own. */
export const CredentialProvider = z.enum([
  'openai',
  'anthropic',
  'google',
  'azure',
  'together',
  'moonshot',
  'openai-compatible',
]);
export type CredentialProvider = z.infer<typeof CredentialProvider>;

export const PROVIDERS = ['sandbox', ...CredentialProvider.options] as const;
export const Provider = z.enum(PROVIDERS);
export type Provider = z.infer<typeof Provider>;

export const PROVIDER_LABELS: Record<Provider, string> = {
  sandbox: 'Sandbox',
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  google: 'Google',
  azure: 'Azure OpenAI',
  together: 'Together AI',
  moonshot: 'Moonshot AI',
  'openai-compatible': 'OpenAI-compatible',
};

/** A server that merely speaks as OpenAI does is set up by its address, and may ask for no key. */
export const needsKey = (provider: Provider): boolean => provider !== 'openai-compatible';

export const ModelParameters = z.object({
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().min(0).max(1).optional(),
  maxOutputTokens: z.number().int().min(1).max(200_000).optional(),
});
export type ModelParameters = z.infer<typeof ModelParameters>;

/** At most $100,000 for a million tokens. */
const Rate = z.number().int().min(0).max(100_000_000_000);

/** Micro-dollars per million tokens. */
export const Rates = z.object({
  input: Rate,
  cachedInput: Rate,
  output: Rate,
});
export type Rates = z.infer<typeof Rates>;

/** What a model costs, and the day the vendor's list was read, or the organization's own price set. */
export const ModelPrice = Rates.extend({
  /** Some vendors price the whole call otherwise when its input is longer than `aboveTokens`. */
  longPrompt: Rates.extend({ aboveTokens: z.number().int().min(1) }).optional(),
  readOn: z.iso.date(),
});
export type ModelPrice = z.infer<typeof ModelPrice>;

/** A model somebody can choose now, and what it costs; `price: null` when the list does not know it. */
export const ModelChoice = z.object({
  model: ModelName,
  provider: Provider,
  label: z.string(),
  price: ModelPrice.nullable(),
  sandbox: z.boolean(),
});
export type ModelChoice = z.infer<typeof ModelChoice>;

const Quality = z.number().int().min(0).max(100);

/** A model with what the list says of it and what the organization says itself, which counts from the next call on. */
export const ModelTerms = ModelChoice.extend({
  listPrice: ModelPrice.nullable(),
  ownPrice: Rates.nullable(),
  quality: Quality.describe('What counts: the own rank, else the documented one'),
  listQuality: Quality,
  ownQuality: Quality.nullable(),
});
export type ModelTerms = z.infer<typeof ModelTerms>;

/** In place of what was set before; nothing in both fields goes back to the list. */
export const SetModelTermsInput = z.object({
  model: ModelName,
  price: Rates.nullable().default(null).describe('null: the price of the list'),
  quality: Quality.nullable().default(null).describe('null: the documented rank'),
});
export type SetModelTermsInput = z.infer<typeof SetModelTermsInput>;

/** What Azure OpenAI needs beside a key. */
export const AzureSettings = z.object({
  apiVersion: text(40)
    .regex(/^(v1|\d{4}-\d{2}-\d{2}(-preview)?)$/, 'As in 2025-04-01-preview, or v1.')
    .optional()
    .describe(
      'A dated one speaks chat completions at the address of the deployment; v1, or nothing, the Responses API',
    ),
  deployments: z
    .array(text(64).regex(/^[A-Za-z0-9._-]+$/, 'Letters, digits, dots, hyphens and _.'))
    .max(100)
    .optional()
    .describe('Names of deployments: Azure lists none to a key, and a deployment is what is called'),
});
export type AzureSettings = z.infer<typeof AzureSettings>;

export const SaveCredentialInput = z.object({
  provider: CredentialProvider,
  key: text(500).default('').describe('Needed, but by an OpenAI-compatible server that asks for none'),
  baseUrl: z
    .url({ protocol: /^https?$/, error: 'An address that starts with https:// or http://.' })
    .max(500)
    .optional(),
  resourceName: text(63)
    .regex(
      /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/,
      'Letters, digits and hyphens, as in the first part of its address.',
    )
    .optional()
    .describe('Azure OpenAI: the resource, in place of an address'),
  ...AzureSettings.shape,
});
export type SaveCredentialInput = z.infer<typeof SaveCredentialInput>;

export const RemoveCredentialInput = z.object({ provider: CredentialProvider });
export type RemoveCredentialInput = z.infer<typeof RemoveCredentialInput>;

/** Asks the provider for one short answer with the key in use. `model` is needed where no default is known. */
export const TestCredentialInput = z.object({
  provider: CredentialProvider,
  model: ModelName.optional().describe('Asked for one word; a cheap model of the provider when omitted'),
});
export type TestCredentialInput = z.infer<typeof TestCredentialInput>;

/** What a connection test found; `message` says what to do when it is not `ok`. */
export const CredentialTest = z.object({
  ok: z.boolean(),
  model: z.string().nullable(),
  message: z.string(),
  durationMs: z.number().int(),
});
export type CredentialTest = z.infer<typeof CredentialTest>;

/** Where a provider's key comes from; the key itself is never shown again. */
export const ProviderStatus = z.object({
  provider: Provider,
  source: z.enum(['built-in', 'organization', 'server', 'none']),
  hint: z.string().nullable(),
  baseUrl: z.string().nullable(),
  settings: AzureSettings,
  since: z.date().nullable(),
});
export type ProviderStatus = z.infer<typeof ProviderStatus>;
