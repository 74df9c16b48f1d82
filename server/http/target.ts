import { isIP } from 'node:net';
import { Forbidden, Invalid } from '../errors';

/**
 * Ports from 1024 on where something else than HTTP listens: browsers' list (https://fetch.spec.whatwg.org/#port-blocking)
 * and the databases, brokers and daemons a confused request could harm.
 */
const OTHER_SERVICES = new Set([
  1433, 1521, 1719, 1720, 1723, 2049, 2181, 2375, 2379, 2380, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 5672,
  5900, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 7000, 9042, 9092, 9100, 9200, 9300, 10080, 10250,
  11211, 27017,
]);

/**
 * Reads an address somebody asks for. The parser is the one the connection uses, so both see the same host.
 * @throws Invalid for what is no HTTP address, Forbidden for a port or host that may not be called.
 */
export function parseTarget(address: string, allowHosts?: readonly string[]): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url) throw new Invalid('This is not a whole address. Write one such as https://example.com/path.');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new Invalid(`Only https:// and http:// addresses can be called, not ${url.protocol}`);
  }
  if (url.username || url.password) {
    throw new Invalid('Take name and password out of the address; send them in an authorization header.');
  }
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  if ((port < 1024 && port !== 80 && port !== 443) || OTHER_SERVICES.has(port)) {
    throw new Forbidden(`Port ${port} may not be called. Use 80, 443 or a port from 1024 on that serves HTTP.`);
  }
  if (allowHosts && !allowHosts.some((allowed) => covers(allowed, url.hostname))) {
    throw new Forbidden(
      `${url.hostname} is not on the list of hosts this organization allows. Ask an admin to add it.`,
    );
  }
  return url;
}

/** The address in a URL's host, when it is one: `[::1]` is `::1`. */
export function literalAddress(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) ? bare : undefined;
}

function covers(allowed: string, hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, '');
  const name = allowed.toLowerCase().replace(/\.$/, '');
  return host === name || (!literalAddress(host) && host.endsWith(`.${name}`));
}
