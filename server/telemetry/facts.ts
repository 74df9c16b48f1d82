import { AsyncLocalStorage } from 'node:async_hooks';

/** Who asks for what in the HTTP request under way, as far as it has become known. */
export interface Facts {
  org?: string;
  actor?: string;
  run?: string;
  /** The database was away: what Next makes of that is no fault of the server, and passes. */
  away?: boolean;
}

// Next bundles routes, pages and the start script apart; a request goes through all of them.
const shared = globalThis as typeof globalThis & { musterRequests?: AsyncLocalStorage<Facts> };
shared.musterRequests ??= new AsyncLocalStorage();
export const underWay = shared.musterRequests;

/** Adds to the log line of the request under way; without one nothing happens. */
export const describeRequest = (facts: Facts): void => {
  Object.assign(underWay.getStore() ?? {}, facts);
};
