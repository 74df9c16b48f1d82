import type { Configuration } from '@/lib/contracts/connectors';
import { DomainError, Invalid } from '../errors';
import { parseTarget } from '../http/target';

/** Where a connector's secrets go, and how they are protected on the way: changing any of it asks for them anew. */
const DESTINATION = ['host', 'port', 'tls', 'ca', 'endpoint', 'loginUrl', 'baseUrl', 'tokenUrl', 'auth', 'headerName'];

/** True when what is secret would go elsewhere than to where it was given for. */
export const goesElsewhere = (before: Record<string, unknown>, after: Record<string, unknown>): boolean =>
  DESTINATION.some((field) => before[field] !== after[field]);

/** What the shape alone cannot say. @throws Invalid with the field. */
export function checkSettings({ kind, settings }: Configuration): void {
  if (kind === 's3') checkAddress('endpoint', settings.endpoint);
  if (kind === 'salesforce') checkAddress('loginUrl', settings.loginUrl);
  if (kind !== 'rest') return;
  checkAddress('baseUrl', settings.baseUrl);
  if (settings.auth === 'header') checkHeader(settings.headerName);
  if (settings.auth === 'basic' && !settings.user) throw wrong('user', 'Needed for a login with user and password.');
  if (settings.auth !== 'oauth') return;
  checkAddress('tokenUrl', settings.tokenUrl);
  if (!settings.clientId) throw wrong('clientId', 'Needed to get a token.');
}

function checkAddress(field: string, address: string): void {
  try {
    parseTarget(address);
  } catch (error) {
    throw error instanceof DomainError ? wrong(field, error.message) : error;
  }
}

function checkHeader(header: string): void {
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(header))
    throw wrong('headerName', 'The name of a header, such as X-API-Key.');
  if (/^(host|connection|content-length|transfer-encoding|cookie)$/i.test(header))
    throw wrong('headerName', 'This header is set by the server.');
}

const wrong = (field: string, message: string) =>
  new Invalid(message, { fields: { [`configuration.settings.${field}`]: message } });
