/** The methods a caller may use. */
export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type HttpMethod = (typeof HTTP_METHODS)[number];

export interface GuardedRequest {
  method?: HttpMethod;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  signal?: AbortSignal;
  /** For everything: look-up, connection, redirects, body. */
  timeoutMs?: number;
  /** Of the decompressed body; what is beyond is not read. */
  maxBytes?: number;
  /** When given, only these hosts and what is below them (`example.com` covers `api.example.com`). */
  allowHosts?: readonly string[];
}

export interface GuardedResponse {
  status: number;
  headers: Record<string, string>;
  /** Decompressed. */
  body: Uint8Array;
  /** Where the answer came from, after redirects. */
  url: string;
  /** The body was longer than `maxBytes`. */
  truncated: boolean;
}

export type GuardedFetch = (url: string, request?: GuardedRequest) => Promise<GuardedResponse>;

export const guardedFetch: GuardedFetch = async () => {
  throw new Error('under construction');
};
