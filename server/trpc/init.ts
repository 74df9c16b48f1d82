import { initTRPC, TRPCError } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';
import { currentSession } from '../auth/session';
import type { RequestInfo, SignedIn } from '../context';
import { DomainError, type DomainErrorCode, Invalid } from '../errors';
import { type Logger, log } from '../log';
import { requestInfo } from '../request-info';
import { describeRequest } from '../telemetry/requests';
import { onFailure } from './failure';

// 1. Context: who asks, and from where.

export interface TrpcContext {
  session: SignedIn | null;
  request: RequestInfo;
  log: Logger;
}

export async function createContext({ headers }: { headers: Headers }): Promise<TrpcContext> {
  const request = requestInfo(headers);
  const session = await currentSession().catch((error) => {
    throw error instanceof DomainError ? refused(error) : error;
  });
  if (session) describeRequest({ actor: session.user.id });
  return { session, request, log: log.child({ request: request.id }) };
}

// 2. Init: one shape of error for every procedure.

const TRPC_CODES = {
  NOT_FOUND: 'NOT_FOUND',
  FORBIDDEN: 'FORBIDDEN',
  UNAUTHORIZED: 'UNAUTHORIZED',
  CONFLICT: 'CONFLICT',
  INVALID: 'BAD_REQUEST',
  LIMIT_EXCEEDED: 'TOO_MANY_REQUESTS',
  BUDGET_EXCEEDED: 'PAYMENT_REQUIRED',
  PRECONDITION_FAILED: 'PRECONDITION_FAILED',
  UPSTREAM: 'BAD_GATEWAY',
  UNAVAILABLE: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<DomainErrorCode, TRPCError['code']>;

const refused = (cause: DomainError): TRPCError =>
  new TRPCError({ code: TRPC_CODES[cause.code], message: cause.message, cause });

/** The fields of a zod error, by path: `spec.limits.maxSteps` → what is wrong with it. */
const zodFields = (error: z.ZodError): Record<string, string> =>
  Object.fromEntries(error.issues.map((issue) => [issue.path.join('.') || 'input', issue.message]));

/** What to tell: our own words and those of tRPC, never those of an error that either of them caught. */
function shownMessage({ cause, code, message }: TRPCError, fields: Record<string, string>): string {
  const [first] = Object.entries(fields);
  if (cause instanceof z.ZodError && first) return `${first[0]}: ${first[1]}`;
  if (cause instanceof DomainError) return message;
  if (code === 'INTERNAL_SERVER_ERROR') {
    return 'Something went wrong on our side. Try again; if it stays, tell us the request id.';
  }
  return cause ? 'The input cannot be read. Send it as the tRPC client does: JSON in the form of superjson.' : message;
}

export const trpc = initTRPC.context<TrpcContext>().create({
  transformer: superjson,
  // A laptop that was closed comes back with a connection that looks alive: only missing pings tell that it is not.
  sse: { ping: { enabled: true, intervalMs: 3_000 }, client: { reconnectAfterInactivityMs: 8_000 } },
  errorFormatter({ shape, error, ctx }) {
    const { cause } = error;
    const fields = cause instanceof z.ZodError ? zodFields(cause) : cause instanceof Invalid ? cause.fields : {};
    return {
      ...shape,
      message: shownMessage(error, fields),
      data: {
        code: shape.data.code,
        httpStatus: shape.data.httpStatus,
        path: shape.data.path,
        fields,
        requestId: ctx?.request.id ?? null,
      },
    };
  },
});

/** Gives a domain error its HTTP status; everything unknown is a bug, logged and hidden. */
export const mapErrors = trpc.middleware(async ({ ctx, path, next }) =>
  onFailure(await next(), async (error) => {
    const { cause } = error;
    if (cause instanceof DomainError) {
      return refused(cause);
    }
    if (error.code === 'INTERNAL_SERVER_ERROR') ctx.log.error({ err: error, path }, 'procedure failed');
    return error;
  }),
);
