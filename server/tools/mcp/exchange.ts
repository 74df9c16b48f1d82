import { Upstream } from '../../errors';

/** Bytes of one answer of a server; what is beyond is not read. */
const MAX_BYTES = 4_000_000;
/** After an answer has ended, so long may what was in it take to be read. */
const GRACE_MS = 1_000;
const FAREWELL_MS = 5_000;

/** The requests of a client, one piece of work at a time. */
export interface Exchange {
  fetch: typeof globalThis.fetch;
  /** Aborted with the work's own signal, and when an answer is too long or breaks off. */
  signal: AbortSignal;
  /** What went wrong where no request could be told. */
  problem: unknown;
  /** Of the last answer; undefined when there is none. */
  status: number | undefined;
  noteProblem(error: unknown): void;
  /** The server did not know the session it was told. */
  isForgotten(): boolean;
  begin(stop: AbortSignal): void;
  /** The work is done. */
  rest(): void;
}

export function openExchange(stream: typeof globalThis.fetch): Exchange {
  let broken = new AbortController();
  let call: { id: unknown; url: string; headers: Headers } | undefined;
  let forgotten = false;
  let requests = 0;

  const fail = (message: string) => {
    const error = new Upstream(message, { reason: 'tool_failed', retriable: false });
    exchange.problem = error;
    broken.abort(error);
  };

  /** A closed connection is no cancellation: the server is told. */
  const cancel = () => {
    if (!call) return;
    const { id, url, headers } = call;
    const body = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason: 'cancelled' } };
    stream(url, { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(FAREWELL_MS) }).then(
      (answer) => answer.body?.cancel(),
      () => {},
    );
  };

  const exchange: Exchange = {
    signal: broken.signal,
    problem: undefined,
    status: undefined,
    noteProblem: (error) => {
      exchange.problem ??= error;
    },
    isForgotten: () => forgotten,
    begin: (stop) => {
      broken = new AbortController();
      exchange.problem = undefined;
      exchange.signal = AbortSignal.any([stop, broken.signal]);
      exchange.signal.addEventListener('abort', cancel, { once: true });
    },
    rest: () => {
      exchange.signal.removeEventListener('abort', cancel);
      call = undefined;
      requests += 1;
    },
    fetch: async (input, init) => {
      // What a server says unasked is not listened to.
      if (init?.method === 'GET') return new Response(null, { status: 405 });
      const headers = new Headers(init?.headers);
      const { id, method } = messageOf(init?.body);
      if (method === 'tools/call') call = { id, url: String(input), headers };
      requests += 1;
      const mine = requests;
      exchange.status = undefined;
      const answer = await stream(input, init);
      exchange.status = answer.status;
      if (headers.has('mcp-session-id') && (answer.status === 404 || answer.status === 400)) forgotten = true;
      let size = 0;
      const counted = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          size += chunk.byteLength;
          if (size > MAX_BYTES) return fail(`The answer is longer than ${MAX_BYTES / 1_000_000} MB. Ask for less.`);
          controller.enqueue(chunk);
        },
        flush() {
          setTimeout(() => mine === requests && fail('The server broke off before it answered.'), GRACE_MS).unref();
        },
      });
      const body = answer.body?.pipeThrough(counted as ReadableWritablePair<Uint8Array<ArrayBuffer>>) ?? null;
      return new Response(body, { status: answer.status, headers: answer.headers });
    },
  };
  return exchange;
}

function messageOf(body: unknown): { id?: unknown; method?: unknown } {
  return typeof body === 'string' ? (JSON.parse(body) as { id?: unknown; method?: unknown }) : {};
}
