import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonValue } from '@/lib/contracts/json';
import type { HttpAction } from '@/lib/contracts/tools';
import { Invalid, Upstream } from '../errors';
import type { GuardedRequest, GuardedResponse } from '../http/guarded';
import { redact } from '../secrets/redaction';
import { resolveSecrets } from '../secrets/resolve';
import { bodyText } from './body-text';
import type { ToolEnvironment } from './tool';

type Arguments = Record<string, JsonValue>;

const ARGUMENT = /\{\{\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*\}\}/g;
const MAX_BODY_BYTES = 256 * 1024;
const SHOWN_ERROR = 1_000;

/** Calls what a custom tool describes. Secrets are filled in first: what a model writes is never taken for the name of one. */
export async function callHttp(
  action: HttpAction,
  given: Arguments,
  retries: number,
  environment: ToolEnvironment,
): Promise<JsonValue> {
  const { url, query, headers, body } = action;
  const { ctx, runId, workspaceId } = environment;
  const { text: filled } = await resolveSecrets(ctx, { url, query, headers, body } as JsonValue, {
    runId,
    workspaceId,
  });
  const { address, ...request } = requestOf({ ...action, ...(filled as Partial<HttpAction>) }, given);
  const attempts = action.method === 'GET' ? retries + 1 : 1;
  const answer = await withRetries(attempts, environment, address, { ...request, method: action.method });
  const text = bodyText(answer);
  if (answer.status >= 400) {
    throw new Invalid(
      // Looked through before it is cut: half of a secret would not be known for one.
      redact(ctx.org.id, `${answer.url.split('?')[0]} answers ${answer.status}. ${text ?? ''}`)
        .slice(0, SHOWN_ERROR)
        .trim(),
    );
  }
  const type = answer.headers['content-type'] ?? '';
  return { status: answer.status, body: bodyOf(text, answer, type), ...(answer.truncated && { truncated: true }) };
}

function bodyOf(text: string | undefined, { body, truncated }: GuardedResponse, type: string): JsonValue {
  if (text === undefined) return `(${body.byteLength} bytes of ${type}, not shown)`;
  if (truncated || !/json/i.test(type)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The request with the arguments in it, each encoded for its place. */
export function requestOf({ url, query, headers, body }: HttpAction, given: Arguments) {
  const filled = fillText(url, given, encodeURIComponent);
  // Encoded or not, addresses drop such a part and the one before it.
  if (/\/(?:\.|%2e){1,2}(?:[/?#]|$)/i.test(filled)) throw new Invalid('An argument in the address is "." or "..".');
  if (!URL.canParse(filled)) {
    const problem = 'The address has a host or port that there cannot be.';
    throw new Invalid(problem, { fields: { 'action.url': problem } });
  }
  const address = new URL(filled);
  const isWhole = ({ value }: { value: string }) =>
    [...value.matchAll(ARGUMENT)].every(([, argument = '']) => given[argument] !== undefined);
  for (const { name, value } of query.filter(isWhole)) {
    const only = onlyArgument(value);
    const list = only === undefined ? undefined : given[only];
    // A list is given once for each of its members.
    const values = Array.isArray(list) ? list.map(toText) : [fillText(value, given)];
    for (const one of values) address.searchParams.append(name, one);
  }
  const sent = Object.fromEntries(headers.filter(isWhole).map(({ name, value }) => [name, fillText(value, given)]));
  if (body === null) return { address: address.href, headers: sent };
  const hasType = headers.some(({ name }) => name.toLowerCase() === 'content-type');
  return {
    address: address.href,
    headers: hasType ? sent : { ...sent, 'content-type': 'application/json' },
    body: JSON.stringify(fillJson(body, given) ?? null),
  };
}

const toText = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value));

const fillText = (template: string, given: Arguments, encode: (text: string) => string = (text) => text): string =>
  template.replace(ARGUMENT, (_, name: string) => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    return value === undefined ? '' : encode(toText(value));
  });

const onlyArgument = (template: string): string | undefined =>
  /^\{\{\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*\}\}$/.exec(template)?.[1];

/** A text that is nothing but one argument becomes it; members whose argument is not given are left out. */
function fillJson(template: JsonValue, given: Arguments): JsonValue | undefined {
  if (typeof template === 'string') {
    const only = onlyArgument(template);
    if (only === undefined) return fillText(template, given);
    return Object.hasOwn(given, only) ? given[only] : undefined;
  }
  if (Array.isArray(template)) return template.flatMap((item) => fillJson(item, given) ?? []);
  if (typeof template !== 'object' || template === null) return template;
  const members = Object.entries(template).map(([key, value]) => [key, fillJson(value, given)] as const);
  return Object.fromEntries(members.filter((member): member is [string, JsonValue] => member[1] !== undefined));
}

async function withRetries(
  attempts: number,
  { http, signal }: ToolEnvironment,
  address: string,
  request: GuardedRequest,
): Promise<GuardedResponse> {
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt === attempts;
    try {
      const answer = await http(address, { ...request, signal, timeoutMs: 60_000, maxBytes: MAX_BODY_BYTES });
      if (isLast || (answer.status < 500 && answer.status !== 429)) return answer;
    } catch (error) {
      if (isLast || !(error instanceof Upstream) || !error.retriable) throw error;
    }
    await sleep(250 * 2 ** attempt, undefined, { signal });
  }
}
