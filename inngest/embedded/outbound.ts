import { Agent, fetch } from 'undici';
import { MAX_STEP_BYTES } from './limits';

/** A request that a step asks the runner to make. */
export interface OutboundRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
}

export interface OutboundAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * Makes the requests of `step.fetch` and `step.ai.infer`; throws when there is no answer. Which addresses may be called is
 * for whoever hands it over: the plain one calls any, so it is for servers whose functions are trusted as the server is.
 */
export type Outbound = (request: OutboundRequest) => Promise<OutboundAnswer>;

const TIMEOUT_MS = 5 * 60_000;

/** Any address, within five minutes and the size of a step. */
export function plainOutbound(): Outbound {
  const dispatcher = new Agent({
    connect: { timeout: 10_000 },
    headersTimeout: TIMEOUT_MS,
    maxResponseSize: MAX_STEP_BYTES,
  });
  return async ({ url, signal, ...request }) => {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(url, {
      ...request,
      dispatcher,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
  };
}
