import { type Handler, loadHandlers } from './sweep/routes';

export interface Sent {
  token?: string | null;
  query?: string;
  headers?: Record<string, string>;
  /** Anything but text and bytes is sent as JSON. */
  body?: unknown;
}

const handlers: Map<string, Handler> = await loadHandlers();

/** Calls a handler by method and path as in `POST /api/v1/agents/<id>/runs`. */
export function send(entrance: string, { token, query = '', headers = {}, body }: Sent = {}): Promise<Response> {
  const [method = '', path = ''] = entrance.split(' ');
  for (const [name, handler] of handlers) {
    const pattern = name.replace(/\[(\w+)\]/g, '(?<$1>[^/]*)');
    const match = new RegExp(`^${pattern}$`).exec(`${method} ${path}`);
    if (!match) continue;
    const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
    const request = new Request(`http://localhost${encodeURI(path.toWellFormed())}${query}`, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: isRaw ? (body as BodyInit | undefined) : JSON.stringify(body),
    });
    return handler(request, { params: Promise.resolve({ ...match.groups }) });
  }
  throw new Error(`no handler for ${entrance}`);
}
