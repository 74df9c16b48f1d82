import { CredentialProvider, needsKey, PROVIDER_LABELS, type ProviderStatus } from '@/lib/contracts/models';
import { env } from '@/lib/env';
import { type OrgContext, type TenantContext, withTenant } from '../context';
import { PreconditionFailed } from '../errors';
import { Keyring } from '../secrets/keyring';
import { rememberSecret } from '../secrets/redaction';
import { type ModelFacts, selectFacts } from './facts';
import type { Credential } from './queries';
import { organizationFetch, serverFetch } from './vendor-fetch';
import { type Connection, VENDORS } from './vendors';

export interface OwnedConnection extends Connection {
  source: 'organization' | 'server';
}

/** Which cell a credential's key is in: its ciphertext opens nowhere else. */
export const keyCell = (rowId: string) => ({ table: 'model_credentials', column: 'encrypted_key', rowId }) as const;

/**
 * How an organization reaches a provider: by its own credential, else by the server's environment. A key goes only to the
 * address that was given together with it.
 */
function connectionIn(
  orgId: string,
  provider: CredentialProvider,
  { credentials, dataKeys }: ModelFacts,
): OwnedConnection | undefined {
  const own = credentials.find((row) => row.provider === provider);
  if (!own) return serverConnection(provider);
  const baseUrl = own.baseUrl ?? VENDORS[provider].baseUrl;
  if (!baseUrl) return undefined;
  const key = new Keyring(orgId, dataKeys).open(own.encryptedKey, keyCell(own.id)) || undefined;
  if (key) rememberSecret(orgId, `of ${provider}`, key);
  const { settings } = own;
  return { source: 'organization', key, baseUrl, settings, fetch: own.baseUrl ? organizationFetch : serverFetch };
}

/** @throws PreconditionFailed that says where to add a key. */
export function requireConnection(orgId: string, provider: CredentialProvider, facts: ModelFacts): OwnedConnection {
  const connection = connectionIn(orgId, provider, facts);
  if (connection) return connection;
  const { variable } = VENDORS[provider];
  const what = needsKey(provider) ? 'key' : 'address';
  throw new PreconditionFailed(
    `There is no ${what} for ${PROVIDER_LABELS[provider]}. Add one in Settings › Providers, or set ${variable} in the server's environment.`,
  );
}

export const findConnection = async (
  ctx: OrgContext | TenantContext,
  provider: CredentialProvider,
): Promise<OwnedConnection | undefined> =>
  connectionIn(ctx.org.id, provider, await withTenant(ctx, (tx) => selectFacts(tx)));

/** @throws PreconditionFailed */
export const getConnection = async (
  ctx: OrgContext | TenantContext,
  provider: CredentialProvider,
): Promise<OwnedConnection> => requireConnection(ctx.org.id, provider, await withTenant(ctx, (tx) => selectFacts(tx)));

/** What the settings page shows of every provider that takes a key. */
export const statusesOf = (credentials: readonly Credential[]): ProviderStatus[] =>
  CredentialProvider.options.map((provider) => {
    const own = credentials.find((row) => row.provider === provider);
    if (own) {
      const { hint, baseUrl, settings, createdAt: since } = own;
      return { provider, source: 'organization', hint, baseUrl, settings, since };
    }
    const server = serverConnection(provider);
    // Where the server's own keys go is the operator's business.
    return { provider, source: server ? 'server' : 'none', hint: null, baseUrl: null, settings: {}, since: null };
  });

function serverConnection(provider: CredentialProvider): OwnedConnection | undefined {
  const vendor = VENDORS[provider];
  const { key, settings, baseUrl = vendor.baseUrl } = vendor.fromEnvironment();
  if (!env[vendor.variable] || !baseUrl) return undefined;
  return { source: 'server', key, baseUrl, settings, fetch: serverFetch };
}
