import { lookup } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import { env } from '@/lib/env';
import { Forbidden, Upstream } from '../errors';
import { isPublicAddress } from './addresses';
import type { AddressRules } from './dispatcher';
import { createGuardedClient } from './guarded';
import { literalAddress } from './target';

/**
 * True for public addresses, and for what MUSTER_CONNECTOR_PRIVATE_HOSTS names: hosts as connectors write them, and
 * networks such as 10.0.0.0/8.
 */
export function isReachable(address: string, hostname: string): boolean {
  if (isPublicAddress(address)) return true;
  const named = (env.MUSTER_CONNECTOR_PRIVATE_HOSTS ?? '').split(',').map((one) => one.trim().toLowerCase());
  return named.some((one) => one !== '' && (one === hostname.toLowerCase() || isInNetwork(address, one)));
}

function isInNetwork(address: string, network: string): boolean {
  if (!ipaddr.isValid(address) || !ipaddr.isValidCIDR(network)) return false;
  const ip = ipaddr.process(address);
  const [range, bits] = ipaddr.parseCIDR(network);
  return ip.kind() === range.kind() && ip.match(range, bits);
}

/** Public addresses, and private ones that whoever runs this server allows. */
export const REACHABLE: AddressRules = {
  isAllowedAddress: isReachable,
  advice: 'whoever runs this server can allow private ones in MUSTER_CONNECTOR_PRIVATE_HOSTS.',
};

/** The guarded client for connectors and remote MCP servers. */
export const { fetch: connectorFetch, stream: connectorStream } = createGuardedClient(REACHABLE);

/** Every address of a host. @throws Upstream for a name that does not exist, Forbidden unless every one may be reached. */
export async function resolveReachable(hostname: string): Promise<{ address: string; family: number }[]> {
  const literal = literalAddress(hostname);
  const found = literal
    ? [{ address: literal, family: literal.includes(':') ? 6 : 4 }]
    : await lookup(hostname, { all: true, verbatim: true }).catch(() => []);
  if (found.length === 0) throw failed(`There is no host ${hostname}. Check its name.`);
  if (found.every(({ address }) => isReachable(address, hostname))) return found;
  throw new Forbidden(
    `${hostname} is in a private network. Whoever runs this server can allow it in MUSTER_CONNECTOR_PRIVATE_HOSTS.`,
  );
}

/**
 * A TCP connection to a host that may be reached: to the very address that was checked, whatever a name server says later.
 * @throws Upstream that says what is wrong with the host or port.
 */
export async function connectReachable(
  { host, port }: { host: string; port: number },
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
): Promise<Socket> {
  const addresses = await resolveReachable(host);
  signal?.throwIfAborted();
  let problem: unknown;
  for (const { address } of addresses.slice(0, 3)) {
    try {
      return await connectTo(address, port, timeoutMs, signal);
    } catch (error) {
      signal?.throwIfAborted();
      problem = error;
    }
  }
  const code = problem instanceof Error && 'code' in problem ? problem.code : undefined;
  if (code === 'ECONNREFUSED')
    throw failed(`${host} refuses connections to port ${port}. Check the port, and that the server runs.`, problem);
  throw failed(`${host} does not answer at port ${port}. A firewall may be between.`, problem);
}

const connectTo = (host: string, port: number, timeoutMs: number, signal?: AbortSignal): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const fail = (error: unknown) => {
      socket.destroy();
      reject(error);
    };
    const abort = () => fail(signal?.reason);
    socket.setTimeout(timeoutMs, () => fail(new Error('connection timed out')));
    socket.once('error', fail);
    signal?.addEventListener('abort', abort, { once: true });
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.removeListener('error', fail);
      signal?.removeEventListener('abort', abort);
      resolve(socket);
    });
  });

const failed = (message: string, cause?: unknown) =>
  new Upstream(message, { reason: 'tool_failed', retriable: true, cause });
