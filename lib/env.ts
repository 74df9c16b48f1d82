import { z } from 'zod';

const optional = z.preprocess((value) => (value === '' ? undefined : value), z.string().optional());
const optionalUrl = z.preprocess((value) => (value === '' ? undefined : value), z.url().optional());
const integer = (fallback: number) => z.coerce.number().int().min(0).default(fallback);

/** Every setting of the server, parsed once; `.env.example` explains each. `process.env` is read nowhere else. */
const Env = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  PORT: integer(3000),
  MUSTER_URL: optionalUrl,
  MUSTER_DATA_DIR: z.string().min(1).default('.muster'),
  MUSTER_TRUSTED_PROXIES: integer(0),
  MUSTER_SMTP_URL: optionalUrl,
  MUSTER_MAIL_FROM: optional,
  MUSTER_MASTER_KEY: optional,
  MUSTER_MASTER_KEY_PREVIOUS: optional,
  MUSTER_CONNECTOR_PRIVATE_HOSTS: optional,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  DATABASE_URL: optionalUrl,
  DATABASE_POOL_SIZE: integer(10),
  AUTH_SECRET: optional,
  AUTH_GITHUB_ID: optional,
  AUTH_GITHUB_SECRET: optional,
  AUTH_GITHUB_URL: optionalUrl,
  AUTH_GOOGLE_ID: optional,
  AUTH_GOOGLE_SECRET: optional,
  AUTH_GOOGLE_ISSUER: optionalUrl,
  AUTH_MICROSOFT_ENTRA_ID_ID: optional,
  AUTH_MICROSOFT_ENTRA_ID_SECRET: optional,
  AUTH_MICROSOFT_ENTRA_ID_ISSUER: optionalUrl,
  AUTH_OIDC_ISSUER: optionalUrl,
  AUTH_OIDC_ID: optional,
  AUTH_OIDC_SECRET: optional,
  AUTH_OIDC_NAME: optional,
  INNGEST_BASE_URL: optionalUrl,
  INNGEST_EVENT_KEY: optional,
  INNGEST_SIGNING_KEY: optional,
  INNGEST_SIGNING_KEY_FALLBACK: optional,
  MUSTER_RUNNER_PORT: integer(8288),
  MUSTER_RUNNER_CONCURRENCY: integer(1_000),
  MUSTER_RUNNER_RETENTION_DAYS: integer(7),
  MUSTER_CRASH_FILE: optional,
  OPENAI_API_KEY: optional,
  OPENAI_BASE_URL: optionalUrl,
  ANTHROPIC_API_KEY: optional,
  ANTHROPIC_BASE_URL: optionalUrl,
  GOOGLE_GENERATIVE_AI_API_KEY: optional,
  GOOGLE_GENERATIVE_AI_BASE_URL: optionalUrl,
  AZURE_OPENAI_API_KEY: optional,
  AZURE_OPENAI_BASE_URL: optionalUrl,
  AZURE_OPENAI_API_VERSION: optional,
  AZURE_OPENAI_DEPLOYMENTS: optional,
  TOGETHER_API_KEY: optional,
  TOGETHER_BASE_URL: optionalUrl,
  MOONSHOT_API_KEY: optional,
  MOONSHOT_BASE_URL: optionalUrl,
  OPENAI_COMPATIBLE_BASE_URL: optionalUrl,
  OPENAI_COMPATIBLE_API_KEY: optional,
  TAVILY_API_KEY: optional,
  TAVILY_BASE_URL: optionalUrl,
  BRAVE_SEARCH_API_KEY: optional,
  BRAVE_SEARCH_BASE_URL: optionalUrl,
  SEARXNG_URL: optionalUrl,
  MUSTER_METRICS_TOKEN: optional,
  OTEL_EXPORTER_OTLP_ENDPOINT: optionalUrl,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: optionalUrl,
  OTEL_EXPORTER_OTLP_PROTOCOL: z.enum(['http/protobuf', 'http/json']).default('http/protobuf'),
});

export type Env = z.infer<typeof Env>;

/** Parses an environment. Throws one error that names every wrong variable. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const parsed = Env.safeParse(source);
  if (parsed.success) return parsed.data;
  throw new Error(`The environment is not valid:\n${z.prettifyError(parsed.error)}\nSee .env.example.`);
}

export const env: Env = parseEnv(process.env);

/** The address people and programs reach this server at, without a trailing slash. */
export const publicUrl = (): string => (env.MUSTER_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, '');
