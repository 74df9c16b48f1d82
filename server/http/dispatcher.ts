import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { Forbidden } from '../errors';
import { isPublicAddress } from './addresses';
import { literalAddress } from './target';

export interface AddressRules {
  /** Every address of a host name. */
  lookup?: (hostname: string) => Promise<{ address: string; family: number }[]>;
  isAllowedAddress?: (address: string, hostname: string) => boolean;
  /** What to do about an address that may not be called. */
  advice?: string;
  /** To one host at once; other calls of it wait. */
  connections?: number;
}

/** Says the same of a private host and of one that does not exist, so that nobody can map our network. */
const noPublicAddress = (hostname: string, advice: string) =>
  new Forbidden(`${hostname} has no public address. Check the name; ${advice}`);

const bareName = (hostname: string) => literalAddress(hostname) ?? hostname;

/** Connections that can only be made to allowed addresses, whoever asks and whatever a name server says meanwhile. */
export function createGuardedDispatcher({
  lookup = (hostname) => systemLookup(hostname, { all: true, verbatim: true }),
  isAllowedAddress = isPublicAddress,
  advice = 'private and reserved networks may not be called.',
  connections = 64,
}: AddressRules = {}) {
  /** @throws Forbidden unless every address of `hostname` is allowed. */
  async function resolve(hostname: string) {
    const literal = literalAddress(hostname);
    const found = literal
      ? [{ address: literal, family: literal.includes(':') ? 6 : 4 }]
      : await lookup(hostname).catch(() => []);
    if (found.length === 0 || !found.every(({ address }) => isAllowedAddress(address, bareName(hostname))))
      throw noPublicAddress(hostname, advice);
    return found;
  }

  // The socket connects to what this very look-up answers: there is no second one to answer differently.
  const checkedLookup: LookupFunction = (hostname, options, callback) => {
    resolve(hostname).then(
      (found) => {
        const [first] = found;
        if (options.all) callback(null, found);
        else callback(null, first?.address ?? '', first?.family);
      },
      (error) => callback(error, ''),
    );
  };
  const connector = buildConnector({ timeout: 10_000, allowH2: false, lookup: checkedLookup });

  const connect: buildConnector.connector = (options, callback) => {
    // Node does not call `lookup` for a literal address.
    const literal = literalAddress(options.hostname);
    if (literal && !isAllowedAddress(literal, literal))
      return callback(noPublicAddress(options.hostname, advice), null);
    connector(options, (error, socket) => {
      if (error) return callback(error, null);
      if (isAllowedAddress(socket.remoteAddress ?? '', bareName(options.hostname))) return callback(null, socket);
      socket.destroy();
      callback(noPublicAddress(options.hostname, advice), null);
    });
  };

  return { resolve, agent: new Agent({ connect, allowH2: false, keepAliveTimeout: 4_000, connections }) };
}
