import { ApiError, type Endpoint, json } from './api-endpoint';
import { createProtocol, type ProtocolHandlers } from './api-protocol';
import type { Api, ApiAnswer, ApiRequest } from './api-request';
import { createRest, type RestHandlers } from './api-rest';
import { InvalidEventError } from './events';
import { UnsupportedFunctionError } from './functions';
import { MAX_REQUEST_BYTES } from './limits';
import type { Log } from './log';
import { RegistrationError } from './registration';
import { isAuthorized, isEventKey } from './signature';
import { isStorable, isUnstorable } from './storable';

/** What the SDK and other clients ask of the server, in words of the runner. */
export type ApiHandlers = ProtocolHandlers & RestHandlers;

export interface ApiKeys {
  /** The first signs; each of them is accepted, so that a key can be replaced without a pause. */
  signingKeys: readonly string[];
  eventKey: string;
  /** Nobody is asked for a key: for a development machine alone. */
  open?: boolean;
}

const refuse = (status: number, error: string) => json(status, { error, status });

/** The API: what the SDK calls, and what of Inngest's public REST API programs and tests use. */
export function createApi(keys: ApiKeys, handlers: ApiHandlers, log: Log): Api {
  const endpoints = [...createProtocol(handlers), ...createRest(handlers)].map((endpoint) => ({
    ...endpoint,
    segments: endpoint.path.split('/'),
  }));
  return async (request) => {
    try {
      const segments = request.url.pathname.split('/').map(decodeURIComponent);
      if (!segments.every(isStorable)) return refuse(400, 'The address contains NUL, which no id does');
      for (const endpoint of endpoints) {
        const parameters = endpoint.method === request.method && match(endpoint.segments, segments);
        if (!parameters) continue;
        const refused = mayNot(keys, endpoint, parameters, request);
        if (refused) return refuse(401, refused);
        if (Buffer.byteLength(request.body) > (endpoint.maxBytes ?? MAX_REQUEST_BYTES)) {
          return refuse(413, 'The request is too large');
        }
        return await endpoint.answer(request, parameters);
      }
      return refuse(501, `The embedded runner does not have ${request.method} ${request.url.pathname}`);
    } catch (error) {
      return failure(error, log);
    }
  };
}

function match(pattern: string[], segments: string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [n, part] of pattern.entries()) {
    const segment = segments[n] ?? '';
    if (part.startsWith(':') && segment !== '') parameters[part.slice(1)] = segment;
    else if (part !== segment) return undefined;
  }
  return parameters;
}

function mayNot(keys: ApiKeys, { key }: Endpoint, { eventKey = '' }: Record<string, string>, request: ApiRequest) {
  if (keys.open || key === 'none') return undefined;
  if (key === 'event') return isEventKey(eventKey, keys.eventKey) ? undefined : 'The event key is not valid';
  const given = request.headers.authorization ?? '';
  return keys.signingKeys.some((known) => isAuthorized(given, known)) ? undefined : 'The signing key is not valid';
}

function failure(error: unknown, log: Log): ApiAnswer {
  if (error instanceof ApiError) return refuse(error.status, error.message);
  if (error instanceof InvalidEventError) return json(400, { ids: [], status: 400, error: error.message });
  if (error instanceof RegistrationError || error instanceof UnsupportedFunctionError)
    return refuse(400, error.message);
  if (error instanceof URIError) return refuse(400, 'The address is not encoded as it has to be');
  if (isUnstorable(error)) return refuse(400, `What was sent cannot be stored: ${error.message}`);
  log.error({ err: error }, 'A call of the runner could not be answered');
  return refuse(503, 'The database of the runner cannot be reached; try again');
}
