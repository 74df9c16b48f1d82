import { z } from 'zod';
import { canonicalJson, type Json } from './canonical';
import { retryAfterMs } from './durations';
import type { Outbound, OutboundAnswer } from './outbound';

/** What a job of kind `fetch` does, kept as JSON: a request, and what of its answer the step returns. */
const FetchJob = z.object({
  returns: z.enum(['response', 'json']),
  url: z.url({ protocol: /^https?$/ }),
  method: z.string().regex(/^[A-Za-z]+$/),
  headers: z.record(z.string(), z.string()),
  body: z.string().optional(),
});
type FetchJob = z.infer<typeof FetchJob>;

const Gateway = z.object({
  url: z.string(),
  method: z.string(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().nullish(),
});

const AiGateway = z.object({
  url: z.string(),
  headers: z.record(z.string(), z.string()).nullish(),
  auth_key: z.string().default(''),
  format: z.string(),
  body: z.record(z.string(), z.unknown()),
});

/** How each kind of vendor is told the key; Gemini's is in the address that the SDK makes. */
const AI_KEY_HEADERS: Record<string, (key: string) => Record<string, string>> = {
  'openai-chat': (key) => ({ authorization: `Bearer ${key}` }),
  grok: (key) => ({ authorization: `Bearer ${key}` }),
  'azure-openai': (key) => ({ 'api-key': key }),
  anthropic: (key) => ({ 'x-api-key': key }),
  gemini: () => ({}),
};

/** The job of a `Gateway` operation (`step.fetch`), or why there can be none. */
export function gatewayJob(opts: unknown): { payload: string } | { refused: string } {
  const parsed = Gateway.safeParse(opts);
  if (!parsed.success)
    return { refused: `step.fetch cannot be sent: its body has to be a text. ${parsed.error.message}` };
  const { body, ...request } = parsed.data;
  return asJob({ ...request, returns: 'response', body: body ?? undefined });
}

/** The job of an `AIGateway` operation (`step.ai.infer`), or why there can be none. */
export function aiGatewayJob(opts: unknown): { payload: string } | { refused: string } {
  const parsed = AiGateway.safeParse(opts);
  if (!parsed.success) return { refused: `step.ai.infer cannot be sent: ${parsed.error.message}` };
  const { url, auth_key, format, body, headers } = parsed.data;
  const key = AI_KEY_HEADERS[format];
  if (!key)
    return { refused: `The embedded runner does not know how to call models of the format ${JSON.stringify(format)}` };
  return asJob({
    returns: 'json',
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...key(auth_key), ...lowerCase(headers ?? {}) },
    body: JSON.stringify(body),
  });
}

const lowerCase = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

function asJob(job: FetchJob): { payload: string } | { refused: string } {
  const parsed = FetchJob.safeParse(job);
  if (!parsed.success) return { refused: `The request cannot be sent: ${z.prettifyError(parsed.error)}` };
  return { payload: canonicalJson(parsed.data as Json) };
}

export type Fetched =
  | { kind: 'done'; data: Json }
  | { kind: 'failed'; error: Json; retriable: boolean; retryAfterMs?: number };

/** Makes the request. `step.fetch` returns any answer as it is; a model that answers with an error fails the attempt. */
export async function fetchOnce(outbound: Outbound, payload: string, signal: AbortSignal): Promise<Fetched> {
  const { returns, ...request } = FetchJob.parse(JSON.parse(payload));
  let answer: OutboundAnswer;
  try {
    answer = await outbound({ ...request, signal });
  } catch (error) {
    return failed('FetchError', error instanceof Error ? reasonOf(error) : String(error), true);
  }
  const { status, headers, body } = answer;
  if (returns === 'response') return { kind: 'done', data: { body, headers, status_code: status } };
  const retriable = status === 408 || status === 409 || status === 429 || status >= 500;
  const said = `${request.url.replace(/\?.*/, '')} answered ${status}: ${body.slice(0, 1_000)}`;
  if (status >= 300)
    return { ...failed('AIGatewayError', said, retriable), retryAfterMs: retryAfterMs(headers['retry-after']) };
  try {
    return { kind: 'done', data: JSON.parse(body) as Json };
  } catch {
    return failed('AIGatewayError', `${said.slice(0, 200)}, which is no JSON`, true);
  }
}

const failed = (name: string, message: string, retriable: boolean): Fetched & { kind: 'failed' } => ({
  kind: 'failed',
  error: { name, message },
  retriable,
});

const reasonOf = (error: Error): string =>
  error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
