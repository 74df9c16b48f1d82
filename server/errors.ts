import { causesOf } from '@/lib/causes';
import type { RunErrorCode } from '@/lib/contracts/runs';

/** Every way a verb may fail that is not a bug. `message` is shown and says what to do; `cause` never is. */
export type DomainErrorCode =
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'UNAUTHORIZED'
  | 'CONFLICT'
  | 'INVALID'
  | 'LIMIT_EXCEEDED'
  | 'BUDGET_EXCEEDED'
  | 'PRECONDITION_FAILED'
  | 'UPSTREAM'
  | 'UNAVAILABLE';

export abstract class DomainError extends Error {
  abstract readonly code: DomainErrorCode;
  /** The HTTP status every entrance answers with. */
  abstract readonly status: number;
  override get name(): string {
    return this.constructor.name;
  }
}

/** One of these that something else was thrown for. */
export function domainErrorIn(error: unknown): DomainError | undefined {
  for (const cause of causesOf(error)) if (cause instanceof DomainError) return cause;
  return undefined;
}

export class NotFound extends DomainError {
  readonly code = 'NOT_FOUND';
  readonly status = 404;
  constructor(what: string) {
    super(`There is no such ${what} here, or you may not see it. Check the id and the organization.`);
  }
}

export class Forbidden extends DomainError {
  readonly code = 'FORBIDDEN';
  readonly status = 403;
}

export class Unauthorized extends DomainError {
  readonly code = 'UNAUTHORIZED';
  readonly status = 401;
}

export class Conflict extends DomainError {
  readonly code = 'CONFLICT';
  readonly status = 409;
}

/** What the caller sent is wrong; `fields` tells where, by path. */
export class Invalid extends DomainError {
  readonly code = 'INVALID';
  readonly status: number;
  readonly fields: Record<string, string>;
  constructor(
    message: string,
    { fields = {}, status = 400 }: { fields?: Record<string, string>; status?: 400 | 413 | 415 | 422 } = {},
  ) {
    super(message);
    this.fields = fields;
    this.status = status;
  }
}

export class LimitExceeded extends DomainError {
  readonly code = 'LIMIT_EXCEEDED';
  readonly status = 429;
  readonly retryAfterSeconds: number | undefined;
  constructor(message: string, retryAfterSeconds?: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** There is no money left for this. */
export class BudgetExceeded extends DomainError {
  readonly code = 'BUDGET_EXCEEDED';
  readonly status = 402;
}

export class PreconditionFailed extends DomainError {
  readonly code = 'PRECONDITION_FAILED';
  readonly status = 412;
}

/** The database is away: nothing is wrong with what was asked for, and a moment later it works. */
export class Unavailable extends DomainError {
  readonly code = 'UNAVAILABLE';
  readonly status = 503;
  readonly retryAfterSeconds = 2;
  constructor(options?: { cause?: unknown }) {
    super('The server cannot reach its data at the moment. Try again in a few seconds.', options);
  }
}

/** Somebody else's service failed or answered nonsense. */
export class Upstream extends DomainError {
  readonly code = 'UPSTREAM';
  readonly status = 502;
  readonly reason: RunErrorCode;
  /** Trying the same again may help. */
  readonly retriable: boolean;
  /** How long the service asked us to wait. */
  readonly retryAfterMs: number | undefined;
  constructor(
    message: string,
    options: { reason: RunErrorCode; retriable: boolean; retryAfterMs?: number; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.reason = options.reason;
    this.retriable = options.retriable;
    this.retryAfterMs = options.retryAfterMs;
  }
}
