/** A call of the runner's API, however it came. */
export interface ApiRequest {
  method: string;
  url: URL;
  /** Names in lower case. */
  headers: Record<string, string | undefined>;
  body: string;
}

export interface ApiAnswer {
  status: number;
  /** JSON. */
  body: string;
}

export type Api = (request: ApiRequest) => Promise<ApiAnswer>;

/** The API as the `fetch` of a client in this process; the SDK hands over addresses and texts, which need no Request. */
export function asFetch(api: Api): typeof fetch {
  return async (input, init) => {
    const request = input instanceof Request || typeof init?.body !== 'string' ? new Request(input, init) : undefined;
    const answer = await api({
      method: request?.method ?? init?.method ?? 'GET',
      url: new URL(request?.url ?? String(input)),
      headers: request ? Object.fromEntries(request.headers) : lowerCase(init?.headers),
      body: request ? await request.text() : String(init?.body),
    });
    // A 204 may not have a body, not even an empty one.
    return new Response(answer.body || null, {
      status: answer.status,
      headers: { 'content-type': 'application/json' },
    });
  };
}

function lowerCase(headers: HeadersInit | undefined): Record<string, string> {
  if (!headers || headers instanceof Headers || Array.isArray(headers)) return Object.fromEntries(new Headers(headers));
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
