import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/** The other end of the connection a request came over; no header says so, hence nobody can lie about it. */
export interface Connection {
  address: string;
  /** From a browser on this machine, asked for by a name of this machine, and passed on by nobody. */
  isLocal: boolean;
}

// Pages, route handlers and the server that calls them are bundled apart; one process wants one of these.
const shared = globalThis as typeof globalThis & { musterConnections?: AsyncLocalStorage<Connection> };
shared.musterConnections ??= new AsyncLocalStorage();
const connections = shared.musterConnections;

/** Runs what handles a request, so that all of it knows the connection. */
export const withConnection = <T>(request: IncomingMessage, work: () => T): T =>
  connections.run(readConnection(request), work);

/** The connection of this request; undefined in jobs and tests. */
export const currentConnection = (): Connection | undefined => connections.getStore();

/** What proxies and tunnels say of themselves. */
const PASSED_ON = /^(?:forwarded|via|x-forwarded-|x-real-ip$|cf-|true-client-ip$|x-client-ip$)/;

/** @public for its tests */
export function readConnection({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): Connection {
  const address = plainAddress(socket.remoteAddress ?? '');
  // A page elsewhere may point its own name at this machine (DNS rebinding): then the name is not ours.
  const isNamedLocally = isLocalAddress(`http://${headers.host}`);
  const isPassedOn = Object.keys(headers).some((header) => PASSED_ON.test(header));
  return { address, isLocal: isLoopback(address) && isNamedLocally && !isPassedOn };
}

/** True for an address of the web that leads to this machine whoever follows it. */
export function isLocalAddress(url: string): boolean {
  const { hostname } = URL.canParse(url) ? new URL(url) : { hostname: '' };
  return hostname === 'localhost' || isLoopback(hostname.replace(/^\[|\]$/g, ''));
}

/** `::ffff:10.0.0.1` is 10.0.0.1. */
const plainAddress = (address: string): string =>
  ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;

const isLoopback = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
