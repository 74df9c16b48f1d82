import { z } from 'zod';
import { HTTP_METHODS } from '../http/guarded';
import { bodyText } from './body-text';
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
  target: ({ url, method, headers, body }) => ({
    url,
    isBare: (method === 'GET' || method === 'HEAD') && !body && Object.keys(headers ?? {}).length === 0,
  }),
  async run({ url, method, headers, body }, { signal, http }) {
    const answer = await http(url, { method, headers, body, signal, timeoutMs: 25_000, maxBytes: MAX_BODY_BYTES });
    const contentType = answer.headers['content-type'] ?? '';
    return {
      status: answer.status,
      url: answer.url,
      contentType,
      body: bodyText(answer) ?? `(${answer.body.byteLength} bytes of ${contentType}, not shown)`,
      truncated: answer.truncated,
    };
  },
});
