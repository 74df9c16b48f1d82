import type { JsonValue } from '@/lib/contracts/json';
import { SECRET_REFERENCE, SecretName } from '@/lib/contracts/secrets';
import { recordAudit } from '../audit/service';
import { type OrgContext, type TenantContext, withTenant } from '../context';
import { Invalid, PreconditionFailed } from '../errors';
import { openKeyring } from './encryption';
import * as queries from './queries';
import { rememberSecret } from './redaction';

/** For whom secrets are used. */
export interface SecretUse {
  /** Whose secrets come before the organization's. */
  workspaceId?: string;
  /** The trail says once that a run used a secret; without a run, each time. */
  runId?: string;
}

export interface ResolvedSecrets<T> {
  text: T;
  /** Values in `text`, and those the run used before: what a result must not repeat. `redact` knows them already. */
  values: { name: string; value: string }[];
}

/** The names of secrets in `{{secret.NAME}}`, each once. */
export function secretNamesIn(value: JsonValue): string[] {
  const names = new Set<string>();
  mapTexts(value, (text) => {
    for (const [, name = ''] of text.matchAll(SECRET_REFERENCE)) names.add(name);
    return text;
  });
  return [...names];
}

/**
 * `{{secret.NAME}}` replaced in a text, or in every text of a JSON value. To be called at the moment of use and at no
 * other: what it gives is stored nowhere. Asks for no permission: whoever may run an agent may use what its tools name.
 * @throws Invalid for a name that none can have, PreconditionFailed for one that there is not.
 */
export async function resolveSecrets<T extends JsonValue>(
  ctx: OrgContext | TenantContext,
  text: T,
  use: SecretUse = {},
): Promise<ResolvedSecrets<T>> {
  const names = secretNamesIn(text);
  if (names.length === 0) return { text, values: [] };
  const wrong = names.find((name) => !SecretName.safeParse(name).success);
  if (wrong !== undefined) {
    throw new Invalid(`{{secret.${wrong.slice(0, 80)}}} is no name of a secret. Write it like {{secret.API_TOKEN}}.`);
  }
  const values = await withTenant(ctx, (tx) => useSecrets(tx, names, use));
  for (const { name, value } of values) rememberSecret(ctx.org.id, name, value);
  const byName = new Map(values.map(({ name, value }) => [name, value]));
  const fill = (part: string) => part.replace(SECRET_REFERENCE, (_, name: string) => byName.get(name) ?? '');
  return { text: mapTexts(text, fill) as T, values };
}

/** Which of these names there is a secret of. */
export const knownSecrets = async (
  ctx: OrgContext | TenantContext,
  names: readonly string[],
  workspaceId?: string,
): Promise<string[]> =>
  (await withTenant(ctx, (tx) => queries.selectNamed(tx, names, workspaceId))).map(({ name }) => name);

async function useSecrets(ctx: TenantContext, names: readonly string[], { workspaceId, runId }: SecretUse) {
  const found = await queries.selectNamed(ctx, names, workspaceId);
  const missing = names.find((name) => !found.some((secret) => secret.name === name));
  if (missing) {
    throw new PreconditionFailed(`There is no secret ${missing}. Add it in Settings › Secrets, or take it out.`);
  }
  const before = runId ? await queries.selectUsed(ctx, runId) : [];
  const ids = found.map(({ id }) => id);
  const first = runId ? await queries.insertUses(ctx, runId, ids) : ids;
  for (const { id, name } of found.filter((secret) => first.includes(secret.id))) {
    const after = { name, ...(runId && { runId }) };
    await recordAudit(ctx, { action: 'secret.use', resourceType: 'secret', resourceId: id, after });
  }
  await queries.touchSecrets(ctx, ids);
  const keyring = await openKeyring(ctx);
  const earlier = before.filter(({ id }) => !ids.includes(id));
  // A name that is in both is the one found now: it comes last.
  return [...earlier, ...found].map(({ id, name, encryptedValue }) => ({
    name,
    value: keyring.open(encryptedValue, secretCell(id)),
  }));
}

export const secretCell = (rowId: string) => ({ table: 'secrets', column: 'encrypted_value', rowId }) as const;

function mapTexts(value: JsonValue, change: (text: string) => string): JsonValue {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]));
}
