import { type Inngest, InngestCommHandler, type InngestFunction } from 'inngest';
import type { ServeAnswer, ServeRequest, Transport } from './transport';

/**
 * A serve handler for the runner of the same process: what the SDK's adapters are, without the building of web requests
 * and responses, which would be a tenth of the work of a call. Nobody else can call it, so it takes no signature: four of them
 * would be another tenth.
 */
export function createLocalServe(options: {
  client: Inngest.Any;
  functions: readonly InngestFunction.Any[];
}): Transport {
  const handler = new InngestCommHandler({
    ...options,
    skipSignatureValidation: true,
    frameworkName: 'muster',
    handler: (request: ServeRequest) => ({
      body: () => request.body,
      headers: (name: string) => request.headers[name.toLowerCase()],
      method: () => request.method,
      url: () => request.url,
      transformResponse: ({ status, headers, body }): ServeAnswer => ({ status, headers: lowerCase(headers), body }),
    }),
  });
  return handler.createHandler();
}

function lowerCase(headers: Record<string, string>): Record<string, string> {
  const lower: Record<string, string> = {};
  for (const name of Object.keys(headers)) lower[name.toLowerCase()] = headers[name] ?? '';
  return lower;
}

// Next bundles the route and the start script apart; they meet here.
const shared = globalThis as typeof globalThis & { musterServe?: Transport };

/** The route of the functions has been loaded in this process: its runner may call them without the way over HTTP. */
export const setLocalServe = (serve: Transport | undefined): void => {
  shared.musterServe = serve;
};

/** Calls the functions in this process as soon as their route is loaded, which the first call over HTTP does. */
export function localTransport(otherwise: Transport): Transport {
  return (request) => (shared.musterServe ?? otherwise)(request);
}
