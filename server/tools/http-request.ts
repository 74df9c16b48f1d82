import { z } from 'zod';
import { HTTP_METHODS } from '../http/guarded';
import { machineTool } from './tool';

const MAX_BODY_BYTES = 64 * 1024;

const input = z.object({
  url: z.string().max(4_000).describe('Address that starts with https:// or http://'),
  method: z.enum(HTTP_METHODS).default('GET'),
  headers: z.record(z.string().max(100), z.string().max(4_000)).optional(),
  body: z.string().max(100_000).optional().describe('Sent as it is; say what it is in a content-type header'),
});

export const httpRequest = machineTool({
  name: 'http_request',
  label: 'HTTP request',
  does: 'Calls a public address and reads the answer.',
  group: 'web',
  reads: 'untrusted',
  effect: 'changes',
  description: 'Calls a public web address and returns status and text of the answer. Not for private networks.',
  inputSchema: input,
  timeoutMs: 30_000,
  async run({ url, method, headers, body }, { signal, http }) {
    const answer = await http(url, { method, headers, body, signal, timeoutMs: 25_000, maxBytes: MAX_BODY_BYTES });
    const contentType = answer.headers['content-type'] ?? '';
    return {
      status: answer.status,
      url: answer.url,
      contentType,
      body: toText(answer.body, contentType),
      truncated: answer.truncated,
    };
  },
});

/** The body as text in the charset the server named; a note instead of what is no text. */
function toText(body: Uint8Array, contentType: string): string {
  const isText = /^$|^text\/|[/+](json|xml|javascript|yaml|x-ndjson|graphql|x-www-form-urlencoded)\b/i.test(
    contentType,
  );
  if (!isText) return `(${body.byteLength} bytes of ${contentType}, not shown)`;
  const charset = /charset="?([\w.:-]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  return (decoderOf(charset) ?? new TextDecoder()).decode(body);
}

function decoderOf(charset: string): TextDecoder | undefined {
  try {
    return new TextDecoder(charset);
  } catch {
    return undefined;
  }
}
