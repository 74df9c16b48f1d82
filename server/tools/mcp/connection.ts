import { createHash } from 'node:crypto';
import { createMCPClient, type MCPClient, MCPClientError } from '@ai-sdk/mcp';
import { DomainError, domainErrorIn, Invalid, Upstream } from '../../errors';
import { orAborted } from '../../http/or-aborted';
import { connectorStream } from '../../http/reach';
import { type Exchange, openExchange } from './exchange';
import { plainText } from './plain-text';

/** Where a server is and how it is spoken to: with secrets filled in, so it is kept nowhere. */
export interface Remote {
  orgId: string;
  /** As people call it. */
  name: string;
  url: string;
  headers: Record<string, string>;
}

/** A client in a session of its own; one piece of work at a time. */
interface Line {
  client: MCPClient;
  exchange: Exchange;
}

const IDLE_MS = 60_000;
const MAX_KEPT = 200;
/** Lines that nobody uses now, by organization, address and credentials, with what will close them. */
const kept = new Map<Line, { key: string; closing: NodeJS.Timeout }>();

/**
 * Does `work` in a session with a server: one that is open, or a new one, once, when the server has forgotten that.
 * @throws Upstream that says what is wrong with the server, Forbidden for an address that may not be called, Invalid for
 * what the server says against the call itself, the reason of `signal`.
 */
export async function withServer<T>(
  remote: Remote,
  signal: AbortSignal,
  work: (client: MCPClient, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const key = createHash('sha256')
    .update(JSON.stringify([remote.orgId, remote.url, remote.headers]))
    .digest('hex');
  const open = take(key);
  const use = async (line: Line) => {
    const result = await orAborted(work(line.client, line.exchange.signal), line.exchange.signal);
    keep(key, line);
    return result;
  };
  const end = (error: unknown, exchange: Exchange, client?: MCPClient): DomainError => {
    client?.close().catch(() => {});
    signal.throwIfAborted();
    return explain(error, remote, exchange);
  };
  if (open) {
    open.exchange.begin(signal);
    try {
      return await use(open);
    } catch (error) {
      const said = end(error, open.exchange, open.client);
      if (!open.exchange.isForgotten()) throw said;
    }
  }
  const exchange = openExchange(connectorStream);
  exchange.begin(signal);
  let client: MCPClient | undefined;
  try {
    client = await orAborted(connect(remote, exchange), exchange.signal);
    return await use({ client, exchange });
  } catch (error) {
    throw end(error, exchange, client);
  }
}

const connect = ({ url, headers }: Remote, exchange: Exchange): Promise<MCPClient> =>
  createMCPClient({
    clientName: 'muster',
    maxRetries: 0,
    initializationOptions: { signal: exchange.signal },
    onUncaughtError: exchange.noteProblem,
    transport: { type: 'http', url, headers, fetch: exchange.fetch },
  });

function take(key: string): Line | undefined {
  for (const [line, about] of kept) {
    if (about.key !== key) continue;
    clearTimeout(about.closing);
    kept.delete(line);
    return line;
  }
  return undefined;
}

function keep(key: string, line: Line): void {
  line.exchange.rest();
  const close = () => {
    kept.delete(line);
    line.client.close().catch(() => {});
  };
  if (kept.size >= MAX_KEPT) close();
  else kept.set(line, { key, closing: setTimeout(close, IDLE_MS).unref() });
}

function explain(error: unknown, { name }: Remote, exchange: Exchange): DomainError {
  const { problem, status } = exchange;
  if (problem instanceof DomainError) return problem;
  const ours = domainErrorIn(error);
  if (ours) return ours;
  if (status === 401 || status === 403) {
    return away(`${name} refuses the credentials (${status}). Check the secret that is named for it.`, error);
  }
  if (MCPClientError.isInstance(error) && error.code !== undefined && !exchange.isForgotten()) {
    return new Invalid(`${name} answers: ${plainText(error.message, 1_000)}`);
  }
  if (status !== undefined && status >= 400) return away(`${name} answers ${status}. Check its address.`, error);
  if (status === undefined) return away(`${name} could not be reached or broke off. Try again later.`, error);
  return away(`${name} does not answer as an MCP server over streamable HTTP does. Check its address.`, error);
}

const away = (message: string, cause: unknown) =>
  new Upstream(message, { reason: 'tool_failed', retriable: true, cause });
