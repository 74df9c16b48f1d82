import { z } from 'zod';
import { DomainError, Invalid, LimitExceeded, Unavailable } from '../errors';
import { log } from '../log';

/** RFC 9457 "problem details", the one shape of every error of the HTTP API. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().describe('What is wrong and what to do'),
  instance: z.string().optional(),
  requestId: z.string().optional(),
  errors: z.record(z.string(), z.string()).optional().describe('By field'),
});
export type Problem = z.infer<typeof Problem>;

/** The answer for anything thrown: domain errors as they say, bad input as 400, everything else a logged 500. */
export function toResponse(error: unknown, request: Request, requestId?: string): Response {
  const domain = error instanceof z.ZodError ? fromZod(error) : error;
  const instance = new URL(request.url).pathname;
  if (!(domain instanceof DomainError)) {
    log.error({ err: error, request: requestId, instance }, 'request failed');
    return problemResponse({
      type: 'about:blank',
      title: 'INTERNAL',
      status: 500,
      detail: 'Something went wrong on our side. Try again; if it stays, tell us the request id.',
      instance,
      requestId,
    });
  }
  const headers: Record<string, string> = {};
  if ((domain instanceof LimitExceeded || domain instanceof Unavailable) && domain.retryAfterSeconds)
    headers['retry-after'] = String(domain.retryAfterSeconds);
  if (domain.status === 401) headers['www-authenticate'] = 'Bearer';
  return problemResponse(
    {
      type: 'about:blank',
      title: domain.code,
      status: domain.status,
      detail: domain.message,
      instance,
      requestId,
      ...(domain instanceof Invalid && Object.keys(domain.fields).length > 0 ? { errors: domain.fields } : {}),
    },
    headers,
  );
}

export const problemResponse = (problem: Problem, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });

/** Which fields are wrong, in words; the first one also in the message. */
export function fromZod(error: z.ZodError): Invalid {
  const fields = Object.fromEntries(error.issues.map((issue) => [issue.path.join('.') || 'body', issue.message]));
  const [field, message] = Object.entries(fields)[0] ?? ['body', 'is not valid'];
  return new Invalid(`${field}: ${message}`, { fields });
}
