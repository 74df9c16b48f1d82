import { and, eq } from 'drizzle-orm';
import { apiKeys } from '@/db/schema/organizations';
import type { Permission } from '@/lib/permissions';
import { PERMISSIONS } from '@/lib/permissions';
import { createApiKey, revokeApiKey } from '../../api-keys/service';
import { withTenant } from '../../context';
import { removeMember } from '../../organizations/service';
import type { Caller, Scene } from '../scene';
import { attack, type Check, unless } from './faults';

const holding = (scene: Scene, token: string): Caller => ({ org: scene.owner.org.slug, session: null, token });

const makeKey = (scene: Scene, scopes: readonly Permission[] = PERMISSIONS) =>
  createApiKey(scene.owner, { name: scene.marker, scopes: [...scopes] });

async function expiredToken(scene: Scene): Promise<string> {
  const { id, token } = await makeKey(scene);
  await withTenant(scene.owner, (tx) =>
    tx.db
      .update(apiKeys)
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where(and(eq(apiKeys.orgId, scene.owner.org.id), eq(apiKeys.id, id))),
  );
  return token;
}

async function revokedToken(scene: Scene): Promise<string> {
  const { id, token } = await makeKey(scene);
  await revokeApiKey(scene.owner, { apiKeyId: id });
  return token;
}

async function orphanedToken(scene: Scene): Promise<string> {
  const { session, token } = await scene.as('org_owner');
  await removeMember(scene.owner, { userId: session?.user.id ?? '' });
  return token ?? '';
}

/** Tokens that open nothing, each for another reason. */
const deadTokens = async (scene: Scene): Promise<Record<string, string>> => {
  const { token } = await makeKey(scene);
  const prefix = token.slice(0, 'sk_live_'.length + 32);
  return {
    expired: await expiredToken(scene),
    revoked: await revokedToken(scene),
    "removed member's": await orphanedToken(scene),
    'made up': `${prefix}${'A'.repeat(32)}`,
    'cut off': token.slice(0, -1),
    garbage: 'sk_live_%27;--',
  };
};

/** Routes only: keys that open nothing. */
export const checkDeadKeys: Check = async (entrance, { victim, theirs }) => {
  if (!Array.isArray(entrance.needs)) return [];
  const faults: string[] = [];
  for (const [what, token] of Object.entries(await deadTokens(victim))) {
    const { outcome, faults: seen } = await attack(entrance, victim, holding(victim, token), theirs);
    faults.push(...seen, ...unless(outcome.status === 401, `a key that is ${what} gets ${outcome.status}`));
  }
  return faults;
};

/** Routes only: a key with what is documented is let in, and with one scope less is not. */
export const checkScopes: Check = async (entrance, { victim, theirs, attacker }) => {
  if (!Array.isArray(entrance.needs)) return [];
  const needed: readonly Permission[] = entrance.needs;
  const exact = await makeKey(victim, needed);
  const outcome = await entrance.call(holding(victim, exact.token), await entrance.input(victim, attacker));
  const faults = unless(outcome.status < 300, `a key with ${needed.join()} gets ${outcome.status}`);
  for (const scope of needed) {
    const less = await makeKey(
      victim,
      PERMISSIONS.filter((permission) => permission !== scope),
    );
    const refused = await attack(entrance, victim, holding(victim, less.token), theirs);
    faults.push(
      ...refused.faults,
      ...unless(refused.outcome.status === 403, `a key without ${scope} gets ${refused.outcome.status}`),
    );
  }
  return faults;
};
