import type { OutboundAnswer, OutboundRequest } from '@/inngest/embedded';
import { guardedFetch, HTTP_METHODS } from '@/server/http/guarded';

const TIMEOUT_MS = 5 * 60_000;
/** What one step may return. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Requests of `step.fetch` leave this server by the one guarded client: to public addresses alone. */
export async function guardedOutbound({ url, ...request }: OutboundRequest): Promise<OutboundAnswer> {
  const method = HTTP_METHODS.find((known) => known === request.method.toUpperCase());
  if (!method) throw new Error(`The method ${request.method} may not be used.`);
  const answer = await guardedFetch(url, { ...request, method, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
  if (answer.truncated) throw new Error(`${url} answered more than ${MAX_BYTES / 1024 / 1024} MB.`);
  return { status: answer.status, headers: answer.headers, body: Buffer.from(answer.body).toString('utf8') };
}
