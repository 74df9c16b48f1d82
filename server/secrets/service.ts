import { newId } from '@/db/columns';
import type { CreateSecretInput, ReplaceSecretInput, Secret, SecretRef } from '@/lib/contracts/secrets';
import { recordAudit } from '../audit/service';
import { type OrgContext, requirePermission, type TenantContext, withTenant } from '../context';
import { Conflict, Invalid, LimitExceeded, NotFound } from '../errors';
import { encryptSecret } from './encryption';
import * as queries from './queries';
import { secretCell } from './resolve';

export { getDataKey, rotateDataKey } from './rotation';

const MAX_SECRETS = 1_000;

/** Names and dates of all secrets; a value is never read here. */
export async function listSecrets(ctx: OrgContext): Promise<Secret[]> {
  requirePermission(ctx, 'secrets:read');
  return withTenant(ctx, (tx) => queries.selectSecrets(tx));
}

/** @throws Conflict when the name is taken, Invalid for another organization's workspace. */
export async function createSecret(ctx: OrgContext, input: CreateSecretInput): Promise<Secret> {
  requirePermission(ctx, 'secrets:write');
  return withTenant(ctx, async (tx) => {
    const { name, workspaceId } = input;
    if (workspaceId && !(await queries.hasWorkspace(tx, workspaceId))) {
      throw new Invalid('There is no such workspace.', { fields: { workspaceId: 'not found' } });
    }
    if ((await queries.countSecrets(tx)) >= MAX_SECRETS) {
      throw new LimitExceeded(`An organization has at most ${MAX_SECRETS} secrets. Delete one that nothing uses.`);
    }
    const id = newId();
    const encryptedValue = await encryptSecret(tx, input.value, secretCell(id));
    if (!(await queries.insertSecret(tx, input, { id, encryptedValue }))) {
      throw new Conflict(`There is a secret ${name} already. Replace its value, or choose another name.`);
    }
    await audit(tx, 'create', id, name);
    return getSecret(tx, id);
  });
}

/** Writes another value in place of the one before, for whatever uses the name. */
export async function replaceSecret(ctx: OrgContext, input: ReplaceSecretInput): Promise<Secret> {
  requirePermission(ctx, 'secrets:write');
  return withTenant(ctx, async (tx) => {
    const { secretId, value, description } = input;
    const { name } = await getSecret(tx, secretId);
    const encryptedValue = await encryptSecret(tx, value, secretCell(secretId));
    await queries.updateSecret(tx, secretId, { encryptedValue, description });
    await audit(tx, 'replace', secretId, name);
    return getSecret(tx, secretId);
  });
}

/** Whatever names it fails from then on, saying so. */
export async function deleteSecret(ctx: OrgContext, { secretId }: SecretRef): Promise<void> {
  requirePermission(ctx, 'secrets:write');
  await withTenant(ctx, async (tx) => {
    const deleted = await queries.deleteSecret(tx, secretId);
    if (!deleted) throw new NotFound('secret');
    await audit(tx, 'delete', secretId, deleted.name);
  });
}

async function getSecret(tx: TenantContext, secretId: string): Promise<Secret> {
  const [secret] = await queries.selectSecrets(tx, secretId);
  if (!secret) throw new NotFound('secret');
  return secret;
}

const audit = (tx: TenantContext, verb: string, secretId: string, name: string) =>
  recordAudit(tx, { action: `secret.${verb}`, resourceType: 'secret', resourceId: secretId, after: { name } });
