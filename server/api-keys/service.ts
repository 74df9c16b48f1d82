import { createHash, randomBytes } from 'node:crypto';
import type { ApiKey, CreateApiKeyInput, CreatedApiKey } from '@/lib/contracts/people';
import { isGranted, type Permission, ROLE_PERMISSIONS, type Role } from '@/lib/permissions';
import { recordAudit } from '../audit/service';
import { type OrgContext, type RequestInfo, requirePermission, withTenant } from '../context';
import { Forbidden, Invalid, NotFound, Unauthorized } from '../errors';
import { log } from '../log';
import * as queries from './queries';

/**
 * `sk_live_<organization><secret>`: the organization's id (32 hex digits) is part of the token, so that a key is looked
 * up inside its tenant and row-level security holds even for signing in. The secret has 192 bits.
 */
const TOKEN = /^sk_live_([0-9a-f]{32})([A-Za-z0-9_-]{32})$/;

const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');
const toUuid = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

export async function listApiKeys(ctx: OrgContext): Promise<ApiKey[]> {
  requirePermission(ctx, 'api-keys:read');
  return withTenant(ctx, queries.selectApiKeys);
}

/**
 * Makes a key; its token is in this answer and nowhere else.
 * @throws Forbidden for a scope that the maker does not have.
 */
export async function createApiKey(ctx: OrgContext, input: CreateApiKeyInput): Promise<CreatedApiKey> {
  requirePermission(ctx, 'api-keys:write');
  const missing = input.scopes.find((scope) => !isGranted(ctx.permissions, scope));
  if (missing) throw new Forbidden(`You cannot give a key the scope ${missing}: you do not have it yourself.`);
  if (input.expiresAt && input.expiresAt <= new Date()) {
    throw new Invalid('The expiry is in the past.', { fields: { expiresAt: 'Choose a time to come.' } });
  }
  const token = `sk_live_${ctx.org.id.replaceAll('-', '')}${randomBytes(24).toString('base64url')}`;
  return withTenant(ctx, async (tx) => {
    const key = await queries.insertApiKey(tx, { ...input, tokenHash: hashToken(token), hint: token.slice(-4) });
    await recordAudit(tx, {
      action: 'api_key.create',
      resourceType: 'api_key',
      resourceId: key.id,
      after: { name: key.name, scopes: key.scopes },
    });
    return { ...key, token };
  });
}

export async function revokeApiKey(ctx: OrgContext, { apiKeyId }: { apiKeyId: string }): Promise<void> {
  requirePermission(ctx, 'api-keys:write');
  await withTenant(ctx, async (tx) => {
    if (!(await queries.markRevoked(tx, apiKeyId))) throw new NotFound('API key');
    await recordAudit(tx, { action: 'api_key.revoke', resourceType: 'api_key', resourceId: apiKeyId });
  });
}

/**
 * The context of a program that shows a key.
 * @throws Unauthorized, in one wording for every key that does not exist; expired and revoked ones are told so.
 */
export async function authenticateApiKey(token: string | undefined, request: RequestInfo): Promise<OrgContext> {
  if (!token) throw new Unauthorized('Send an API key: Authorization: Bearer sk_live_…');
  const match = TOKEN.exec(token);
  const unknown = () =>
    new Unauthorized('This API key is not known. Check it, or make a new one in Settings › API keys.');
  if (!match?.[1]) throw unknown();
  const tenant = anonymous(toUuid(match[1]), request);
  const key = await queries.findKeyInUse(tenant, hashToken(token));
  if (!key) throw unknown();
  return {
    org: { id: tenant.org.id, slug: key.orgSlug, name: key.orgName },
    actor: { type: 'apiKey', id: key.id, name: key.name },
    permissions: livePermissions(key),
    request,
    log: tenant.log.child({ actor: key.id }),
  };
}

/** What a key may do now. @throws Unauthorized when it is revoked or over. */
export function livePermissions(key: queries.KeyState): Permission[] {
  if (key.revokedAt) throw new Unauthorized('This API key was revoked. Make a new one in Settings › API keys.');
  if (key.expiresAt && key.expiresAt <= new Date()) {
    throw new Unauthorized(
      `This API key expired on ${key.expiresAt.toISOString().slice(0, 10)}. Make a new one in Settings › API keys.`,
    );
  }
  if (!key.makerRole) throw new Unauthorized('Who made this API key is no member any more. Make a new one.');
  return ROLE_PERMISSIONS[key.makerRole as Role].filter((permission) => isGranted(key.scopes, permission));
}

const anonymous = (orgId: string, request: RequestInfo): OrgContext => ({
  org: { id: orgId, slug: '', name: '' },
  actor: { type: 'system', id: 'authentication' },
  permissions: [],
  request,
  log: log.child({ org: orgId, request: request.id }),
});
