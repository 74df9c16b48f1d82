import { randomBytes } from 'node:crypto';
import { database } from '@/db/client';
import { newId } from '@/db/columns';
import { users } from '@/db/schema/users';
import { type Agent, AgentSpec, blankSpec, CreateAgentInput } from '@/lib/contracts/agents';
import { ROLE_PERMISSIONS, type Role } from '@/lib/permissions';
import { createAgent } from '../agents/service';
import { createApiKey } from '../api-keys/service';
import { type OrgContext, withTenant } from '../context';
import { admitMember, foundOrganization } from '../organizations/service';

/** A person without a password. */
export async function makeUser(name = 'Ada'): Promise<{ id: string; name: string; email: string }> {
  const id = newId();
  const email = `${name.toLowerCase()}-${randomBytes(6).toString('hex')}@example.test`;
  await database().insert(users).values({ id, name, email });
  return { id, name, email };
}

/** An organization of its own for a test, as its owner sees it. */
export async function makeOrganization(): Promise<OrgContext> {
  const owner = await makeUser('Owner');
  return foundOrganization(owner, { name: `Test ${randomBytes(4).toString('hex')}` }, null);
}

/** Makes a person a member without inviting them. */
export const addMember = (owner: OrgContext, userId: string, role: Role): Promise<void> =>
  withTenant(owner, (tx) => admitMember(tx, userId, role));

/** Somebody else in the organization, with a role. */
export async function makeMember(owner: OrgContext, role: Role): Promise<OrgContext> {
  const user = await makeUser(role);
  await addMember(owner, user.id, role);
  return {
    ...owner,
    actor: { type: 'user', id: user.id, name: user.name, sessionId: newId() },
    permissions: ROLE_PERMISSIONS[role],
  };
}

/** A published agent on a sandbox model. */
export const makeAgent = (ctx: OrgContext, spec: Partial<AgentSpec> = {}, publish = true): Promise<Agent> =>
  createAgent(
    ctx,
    CreateAgentInput.parse({ name: 'Test agent', spec: AgentSpec.parse({ ...blankSpec(), ...spec }), publish }),
  );

/** The token of a key that may do everything its maker may. */
export const makeApiKey = async (ctx: OrgContext): Promise<string> =>
  (await createApiKey(ctx, { name: 'Test key', scopes: [...ROLE_PERMISSIONS.org_owner] })).token;
