import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { authenticateApiKey } from '../api-keys/service';
import { recordDenied } from '../audit/service';
import { type OrgContext, requirePermission } from '../context';
import { Forbidden, Invalid } from '../errors';
import type { OnceKey } from '../idempotency';
import { parseJson, readBody } from '../request-body';
import { requestInfo } from '../request-info';
import { describeRequest } from '../telemetry/requests';
import { handlers, type RouteHandler } from './handlers';
import type { Operation } from './operations';
import { toResponse } from './problem';

type Parsed<T> = T extends z.ZodType ? z.output<T> : undefined;

export interface Call<O extends Operation> {
  ctx: OrgContext;
  params: Parsed<O['params']>;
  query: Parsed<O['query']>;
  body: Parsed<O['body']>;
  once: OnceKey | undefined;
  request: Request;
}

/**
 * A route handler for an operation: signs the key in, parses what was sent, calls, and turns everything thrown into a
 * problem document. `call` returns the JSON to answer with, a Response of its own, or nothing.
 */
export function endpoint<O extends Operation>(operation: O, call: (input: Call<O>) => Promise<unknown>): RouteHandler {
  const status = Number(Object.keys(operation.responses)[0]);
  const handler: RouteHandler = async (request, route) => {
    const info = requestInfo(request.headers);
    let ctx: OrgContext | undefined;
    try {
      ctx = await authenticateApiKey(bearerToken(request.headers), info);
      describeRequest({ org: ctx.org.id, actor: ctx.actor.id });
      for (const scope of operation.scopes) requirePermission(ctx, scope);
      const text = operation.body ? await readJsonBody(request) : '';
      const parsed = {
        params: operation.params?.parse(await route.params),
        query: operation.query?.parse(queryOf(request)),
        body: operation.body?.parse(parseJson(text)),
      };
      const once = operation.once ? onceKey(request, text) : undefined;
      // Parsed by the schemas from which `Call` takes its types.
      const answer = await call({ ctx, once, request, ...parsed } as Call<O>);
      const response = toAnswer(answer, status);
      response.headers.set('x-request-id', info.id);
      return response;
    } catch (error) {
      if (error instanceof Forbidden && ctx) await recordDenied(ctx, operation.id);
      const response = toResponse(error, request, info.id);
      response.headers.set('x-request-id', info.id);
      return response;
    }
  };
  handlers.set(`${operation.method} ${operation.path.replace(/\{(\w+)\}/g, '[$1]')}`, handler);
  return handler;
}

function toAnswer(answer: unknown, status: number): Response {
  if (answer instanceof Response) return answer;
  return answer === undefined ? new Response(null, { status }) : Response.json(answer, { status });
}

const bearerToken = (headers: Headers): string | undefined =>
  /^Bearer\s+(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];

function queryOf(request: Request): Record<string, string | string[]> {
  const { searchParams } = new URL(request.url);
  return Object.fromEntries(
    [...new Set(searchParams.keys())].map((key) => {
      const values = searchParams.getAll(key);
      return [key, values.length > 1 ? values : (values[0] ?? '')];
    }),
  );
}

async function readJsonBody(request: Request): Promise<string> {
  const type = request.headers.get('content-type') ?? '';
  const text = await readBody(request);
  if (text && !/^application\/(?:[\w.+-]+\+)?json\b/i.test(type)) {
    throw new Invalid('Send the body as JSON, with Content-Type: application/json.', { status: 415 });
  }
  if (!text.trim()) throw new Invalid('The body is empty. Send a JSON object.');
  return text;
}

function onceKey(request: Request, body: string): OnceKey | undefined {
  const key = request.headers.get('idempotency-key');
  if (key === null) return undefined;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new Invalid('An Idempotency-Key is 1 to 255 printable ASCII characters without spaces.');
  }
  const { pathname } = new URL(request.url);
  return { key, requestHash: createHash('sha256').update(`${request.method} ${pathname}\n${body}`).digest('hex') };
}
