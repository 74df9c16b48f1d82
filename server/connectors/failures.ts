import { domainErrorIn, Invalid, Upstream } from '../errors';

/** The server's own code of a failure: SQLSTATE, an error name of MySQL, a number of MongoDB, or Node's. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && error.code !== undefined ? String(error.code) : '';

const TLS =
  /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL|EPROTO|SSL_NO|wrong version number|does not support (SSL|TLS|secure)/i;
const LOGIN = new Set(['28P01', '28000', 'ER_ACCESS_DENIED_ERROR', 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR', '18']);
const NO_DATABASE = new Set(['3D000', 'ER_BAD_DB_ERROR', 'ER_DBACCESS_DENIED_ERROR']);

/** What stops a connector altogether, in a sentence that says what to do; undefined for what only this request got wrong. */
function whyBroken(error: unknown, { user, database }: { user?: string; database?: string }): string | undefined {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : '';
  if (LOGIN.has(code)) return `The login${user ? ` ${user}` : ''} is refused. Check user and password.`;
  if (NO_DATABASE.has(code)) return `There is no database ${database ?? ''} for this login. Check its name.`;
  if (TLS.test(code) || TLS.test(message)) {
    return `No encrypted connection could be made (${code || message.slice(0, 80)}). Check the certificate, give its authority under CA, or choose another TLS setting.`;
  }
  if (code === '53300' || code === 'ER_CON_COUNT_ERROR') return 'The server has no connection left. Try again later.';
  // Only the driver of MongoDB connects by itself; for the others server/http/reach.ts says it with the port.
  if (/ECONNREFUSED/.test(message)) return 'The server refuses connections. Check the port, and that it runs.';
  if (
    /^(ECONN|EPIPE|ETIMEDOUT|CONNECT|CONNECTION_|PROTOCOL_CONNECTION_LOST)/.test(code) ||
    /ServerSelection|MongoNetwork/.test(String(error))
  ) {
    return 'The server closed the connection or does not answer. Check host, port and TLS.';
  }
  return undefined;
}

/**
 * What a driver threw, as one of ours: Upstream where the connector does not work, Invalid where the server refused what
 * it was asked, in the server's own words.
 */
export function toConnectorError(error: unknown, about: { user?: string; database?: string } = {}): Error {
  const ours = domainErrorIn(error);
  if (ours) return ours;
  const reason = whyBroken(error, about);
  if (reason) return new Upstream(reason, { reason: 'tool_failed', retriable: true, cause: error });
  const message = error instanceof Error ? error.message.split('\n', 1)[0]?.slice(0, 500) : 'unknown';
  return new Invalid(`The server refused this: ${message}`);
}
