import { APICallError, InvalidPromptError, LoadAPIKeyError, UnsupportedFunctionalityError } from '@ai-sdk/provider';
import type { RunErrorCode } from '@/lib/contracts/runs';
import { toStorableText } from '@/lib/contracts/text';
import { DomainError, Upstream } from '../errors';
import type { ResolvedModel } from './resolved';

const MAX_RETRY_AFTER_MS = 86_400_000;

/** The key is the reason, and not what was asked. */
export class RefusedKey extends Upstream {}

/** Whatever a provider, its client or the network threw, as the one error the engine knows. */
export function toUpstream(error: unknown, resolved: Pick<ResolvedModel, 'model' | 'redact'>): Upstream {
  const own = find(error, (e) => e instanceof DomainError);
  if (own instanceof Upstream) return own;
  const because = (reason: RunErrorCode, retriable: boolean, message: string, retryAfterMs?: number) =>
    new Upstream(`${resolved.model}: ${message}`, { reason, retriable, retryAfterMs, cause: trace(error, resolved) });
  if (own) return because('provider_refused', false, own.message);

  const said = quote(error, resolved);
  if ([InvalidPromptError, LoadAPIKeyError, UnsupportedFunctionalityError].some((kind) => kind.isInstance(error))) {
    return because('provider_refused', false, `the request cannot be sent to this provider${said}.`);
  }
  const status = statusOf(error);
  if (status !== undefined && status >= 300) return ofStatus(status, because, said, error);
  if (find(error, (e) => codeOf(e) === 'UND_ERR_CONNECT_TIMEOUT' || codeOf(e) === 'ETIMEDOUT')) {
    return because(
      'provider_timeout',
      true,
      'the provider could not be reached in time. Check its address, or try again.',
    );
  }
  if (APICallError.isInstance(error) && status === undefined) {
    return because('provider_unavailable', true, 'the provider could not be reached. Check its address, or try again.');
  }
  return because(
    'provider_broken_answer',
    true,
    `the provider broke off or sent an answer that cannot be read${said}.`,
  );
}

function ofStatus(
  status: number,
  because: (reason: RunErrorCode, retriable: boolean, message: string, retryAfterMs?: number) => Upstream,
  said: string,
  error: unknown,
): Upstream {
  const retryAfterMs = readRetryAfter(headersOf(error));
  if (status === 401 || status === 403) {
    const refused = because(
      'provider_refused',
      false,
      `the provider refused the key (${status})${said}. Check it in the settings.`,
    );
    return new RefusedKey(refused.message, { reason: refused.reason, retriable: false, cause: refused.cause });
  }
  if (status === 429) {
    // OpenAI says 429 for an empty account too, where waiting does not help.
    const empty = /insufficient_quota|billing/i.test(textOf(error));
    if (empty)
      return because(
        'provider_rate_limited',
        false,
        `the account has no credit left${said}. Top it up at the provider.`,
      );
    return because(
      'provider_rate_limited',
      true,
      `the provider limits the rate (429)${said}. Wait and try again.`,
      retryAfterMs,
    );
  }
  if (status === 408)
    return because('provider_timeout', true, `the provider took too long (408)${said}.`, retryAfterMs);
  if (status === 409 || status >= 500) {
    return because(
      'provider_unavailable',
      true,
      `the provider has a problem (${status})${said}. Try again later.`,
      retryAfterMs,
    );
  }
  return because('provider_refused', false, `the provider refused the model or the request (${status})${said}.`);
}

/**
 * What `Retry-After` asks for (RFC 9110 § 10.2.3: seconds or a date), or OpenAI's `retry-after-ms`, in milliseconds.
 * undefined when it asks for nothing that can be read; at most a day.
 */
export function readRetryAfter(headers: Record<string, string> | undefined, now = Date.now()): number | undefined {
  const precise = headers?.['retry-after-ms']?.trim();
  if (precise && /^\d+(\.\d+)?$/.test(precise)) return Math.min(Math.ceil(Number(precise)), MAX_RETRY_AFTER_MS);
  const value = headers?.['retry-after']?.trim();
  if (!value) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(0, Math.ceil(ms)), MAX_RETRY_AFTER_MS) : undefined;
}

/** The provider's own words, short, on one line, without the key: `: "…"`, or nothing. */
function quote(error: unknown, { redact }: Pick<ResolvedModel, 'redact'>): string {
  const text = toStorableText(redact(textOf(error)))
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  if (!text) return '';
  return `: "${text.length > 300 ? `${text.slice(0, 300).toWellFormed()}…` : text.replace(/\.$/, '')}"`;
}

/** Enough to find the cause in the log; the SDK's own errors carry the whole prompt. */
function trace(error: unknown, { redact }: Pick<ResolvedModel, 'redact'>): Error {
  const name = error instanceof Error ? error.name : typeof error;
  const code = find(error, (e) => codeOf(e) !== undefined);
  return new Error(redact(`${name} ${codeOf(code) ?? ''} ${textOf(error)}`).slice(0, 500));
}

function find<T>(error: unknown, matches: (error: unknown) => error is T): T | undefined;
function find(error: unknown, matches: (error: unknown) => boolean): unknown;
function find(error: unknown, matches: (error: unknown) => boolean): unknown {
  for (let at = error, depth = 0; at !== undefined && at !== null && depth < 6; depth += 1) {
    if (matches(at)) return at;
    at = at instanceof Error ? at.cause : undefined;
  }
  return undefined;
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

const codeOf = (error: unknown): string | undefined => {
  const code = field(error, 'code');
  return typeof code === 'string' ? code : undefined;
};

/** Errors inside a stream have no status of their own; vendors name them by type or code. */
function statusOf(error: unknown): number | undefined {
  const status = field(error, 'statusCode');
  if (typeof status === 'number') return status;
  if (error instanceof Error && !field(error, 'type')) return undefined;
  const kind = `${field(error, 'type') ?? ''} ${field(error, 'code') ?? ''}`;
  if (/rate_limit|\b429\b/.test(kind)) return 429;
  if (/authentication|invalid_api_key|permission/.test(kind)) return 401;
  if (/overloaded|server_error|api_error|\b5\d\d\b/.test(kind)) return 503;
  if (/invalid_request|not_found/.test(kind)) return 400;
  return undefined;
}

const headersOf = (error: unknown): Record<string, string> | undefined =>
  APICallError.isInstance(error) ? error.responseHeaders : undefined;

function textOf(error: unknown): string {
  const message = typeof error === 'string' ? error : (field(error, 'message') ?? '');
  const body =
    APICallError.isInstance(error) && /insufficient_quota/.test(error.responseBody ?? '')
      ? ' (insufficient_quota)'
      : '';
  return `${message}${body}`;
}
