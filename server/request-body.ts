import { Invalid } from './errors';

/** Larger bodies are refused before they are read whole. */
export const MAX_BODY_BYTES = 1_048_576;
/** Deeper JSON is refused before anything walks it: no document of ours comes near. */
const MAX_DEPTH = 64;

/**
 * Reads a body of at most `maxBytes` as UTF-8.
 * @throws Invalid 413 when it is larger, 400 when it is not UTF-8.
 */
export async function readBody(request: Request, maxBytes = MAX_BODY_BYTES): Promise<string> {
  const tooLarge = () =>
    new Invalid(`The body is larger than ${Math.floor(maxBytes / 1024)} KB. Send less at once.`, { status: 413 });
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge();
  if (!request.body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new Invalid('The body is not UTF-8 text.');
  }
}

/**
 * Parses JSON of bounded depth.
 * @throws Invalid when it is no JSON or nested too deeply.
 */
export function parseJson(text: string): unknown {
  assertShallow(text);
  try {
    return JSON.parse(text);
  } catch {
    throw new Invalid(
      'The body is not valid JSON. Send an object such as {"input": "…"} with Content-Type: application/json.',
    );
  }
}

/** Counts open brackets outside strings, without building anything: recursion on hostile depth is a crash. */
export function assertShallow(text: string): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === 92) i += 1;
      else if (char === 34) inString = false;
    } else if (char === 34) inString = true;
    else if (char === 123 || char === 91) {
      depth += 1;
      if (depth > MAX_DEPTH)
        throw new Invalid(`The JSON is nested more than ${MAX_DEPTH} levels deep. Send it flatter.`);
    } else if (char === 125 || char === 93) depth -= 1;
  }
}

/** The same request with its body read, bounded and put back, for handlers that parse it themselves. */
export async function boundedRequest(request: Request): Promise<Request> {
  if (request.method === 'GET' || request.method === 'HEAD') return request;
  const body = await readBody(request);
  assertShallow(body);
  return new Request(request.url, { method: request.method, headers: request.headers, body, signal: request.signal });
}
