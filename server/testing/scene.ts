import { randomBytes } from 'node:crypto';
import { ledgerEntries } from '@/db/schema/ledger';
import { blankSpec } from '@/lib/contracts/agents';
import type { Configuration } from '@/lib/contracts/connectors';
import { CreateMcpServerInput } from '@/lib/contracts/mcp';
import { SayInput } from '@/lib/contracts/public-links';
import { StartRunInput } from '@/lib/contracts/runs';
import { CreateToolInput, type CustomTool } from '@/lib/contracts/tools';
import { ROLE_PERMISSIONS, type Role } from '@/lib/permissions';
import { changeVisibility, createAgent, publishAgent, saveDraft } from '../agents/service';
import { authenticateApiKey, createApiKey } from '../api-keys/service';
import { openApproval, selectApprovals } from '../approvals/service';
import { writeArtifact } from '../artifacts/service';
import { createBudget } from '../budgets/service';
import { createConnector } from '../connectors/service';
import { asSystem, type OrgContext, type SignedIn, withTenant } from '../context';
import { Upstream } from '../errors';
import { createInvitation, listInvitations } from '../invitations/service';
import { checkLedger } from '../ledger/check';
import { noteFailure, saveCredential, setTerms } from '../models/service';
import { changeRole, createWorkspace, foundOrganization } from '../organizations/service';
import { createPartial } from '../partials/service';
import { insertSession } from '../people/queries';
import { SESSION_SECONDS } from '../people/service';
import { makePublicLink, say } from '../public-links/service';
import { releaseLeft } from '../runs/leftovers';
import { startRun } from '../runs/service';
import { openSpan } from '../runs/span-begin';
import { resolveSecrets } from '../secrets/resolve';
import { createSecret } from '../secrets/service';
import { insertTools } from '../tools/mcp/queries';
import { createServer } from '../tools/mcp/service';
import { createTool } from '../tools/service';
import { addMember, makeUser } from './factories';

export const REQUEST = { id: 'test', ip: null, userAgent: null };

/** Somebody who knocks: a person signed in, a program with a key, or neither. */
export interface Caller {
  /** The slug in the address. */
  org: string;
  session: SignedIn | null;
  token: string | null;
}

/** An organization that has something in every table, all of it named after `marker`. */
export interface Scene {
  marker: string;
  owner: OrgContext;
  workspaceId: string;
  /** A member with this role, signed in, and with a key of all scopes that they made. */
  as(role: Role): Promise<Caller>;
}

/** A person with a session row, as a request of theirs comes in. */
export async function signInAs(user: SignedIn['user']): Promise<SignedIn> {
  return { user, sessionId: await asSystem((db) => insertSession(db, user.id, SESSION_SECONDS, REQUEST)) };
}

export async function makeScene(): Promise<Scene> {
  const marker = `mark-${randomBytes(6).toString('hex')}`;
  const person = await makeUser(marker);
  const owner = await foundOrganization(person, { name: marker }, REQUEST);
  const workspace = await createWorkspace(owner, { name: marker });
  const scene: Scene = {
    marker,
    owner,
    workspaceId: workspace.id,
    async as(role) {
      const user = await makeUser(marker);
      await addMember(owner, user.id, 'org_owner');
      const session = await signInAs(user);
      const ctx: OrgContext = { ...owner, actor: { type: 'user', ...user, sessionId: session.sessionId } };
      const { token } = await createApiKey(ctx, { name: marker, scopes: [...ROLE_PERMISSIONS.org_owner] });
      if (role !== 'org_owner') await changeRole(owner, { userId: user.id, role });
      return { org: owner.org.slug, session, token };
    },
  };
  await makeCredential(scene);
  await makeCircuit(scene);
  await makeQuestion(scene);
  await makeInvitation(scene);
  await makeMoney(scene);
  await makeSecret(scene);
  await makeConnector(scene);
  await makeTool(scene);
  await makePartial(scene);
  await makeServer(scene);
  await makeFile(scene);
  await makePrivate(scene);
  await makeVisit(scene);
  return scene;
}

/** A published agent with two versions. */
export async function makePublished({ owner, marker }: Scene) {
  const details = { name: marker, description: marker, tags: [marker] };
  const agent = await createAgent(owner, { ...details, spec: blankSpec(), publish: true });
  const spec = { ...blankSpec(), instructions: marker };
  await saveDraft(owner, { agentId: agent.id, revision: 1, ...details, spec });
  await publishAgent(owner, { agentId: agent.id, revision: 2, note: marker });
  return agent;
}

/** An agent that only its owner and admins see. */
const makePrivate = async (scene: Scene) => {
  const { id: agentId } = await makePublished(scene);
  return changeVisibility(scene.owner, { agentId, visibility: 'private' });
};

/** A visitor who has asked something at a public link. */
export async function makeVisit(scene: Scene) {
  const { id: agentId } = await makePublished(scene);
  const { url } = await makePublicLink(scene.owner, { agentId, dailyLimitMicros: PLENTY });
  const token = url.slice(-64);
  const said = await say({ token, sealed: undefined, request: REQUEST }, SayInput.parse({ input: scene.marker }));
  return { agentId, token, runId: said.runId, conversationId: said.conversationId };
}

/** An agent whose draft is not published yet. */
export const makeDraft = ({ owner, marker }: Scene) =>
  createAgent(owner, { name: marker, description: '', tags: [], spec: blankSpec(), publish: false });

/** A run that stays queued, started by a program that wanted it once. */
export async function makeRun(scene: Scene) {
  const { owner, marker } = scene;
  const agent = await makePublished(scene);
  const { token } = await createApiKey(owner, { name: marker, scopes: ['runs:start'] });
  const program = await authenticateApiKey(token, REQUEST);
  const once = { key: marker + agent.id, requestHash: marker };
  return startRun(program, StartRunInput.parse({ agentId: agent.id, input: marker }), 'api', once);
}

/** A run that waits for a person. */
export async function makeQuestion(scene: Scene): Promise<{ runId: string; seq: number; approvalId: string }> {
  const { id: runId } = await makeRun(scene);
  return withTenant(scene.owner, async (tx) => {
    const expiresAt = new Date(Date.now() + 3_600_000);
    const human = { runId, stepKey: 'ask', kind: 'human', name: 'ask_human', status: 'waiting' } as const;
    const proposed = { question: scene.marker };
    const span = await openSpan(tx, { ...human, queuedAt: new Date(), input: proposed });
    const asked = {
      kind: 'question',
      tool: 'ask_human',
      toolDescription: '',
      question: scene.marker,
      proposed,
      said: scene.marker,
    } as const;
    const rule = { decider: undefined, notByStarter: false };
    await openApproval(tx, { runId, stepKey: 'ask', ...asked, ...rule, step: 1, expiresAt });
    const [approval] = await selectApprovals(tx, runId);
    if (!span || !approval) throw new Error('the run is over');
    return { runId, seq: span.seq, approvalId: approval.id };
  });
}

/** The entry of something that was paid, a budget that nothing can exceed, and a check of both. */
async function makeMoney(scene: Scene): Promise<void> {
  const { owner, workspaceId } = scene;
  await withTenant(owner, async ({ db }) => {
    const orgId = owner.org.id;
    const actor = { actorType: 'user', actorId: owner.actor.id, workspaceId, agentId: orgId } as const;
    const micros = { reservedMicros: 0, spentMicros: 1 };
    const entry = { kind: 'settle', item: 'sandbox/assistant', runId: orgId, seq: 1, ...micros } as const;
    await db.insert(ledgerEntries).values({ orgId, ...actor, ...entry });
  });
  await createBudget(owner, { scope: 'organization', period: 'month', limitMicros: PLENTY });
  await checkLedger(owner.org.id, releaseLeft);
}

const PLENTY = 1_000_000_000;

/** A budget of an agent of its own, that nothing can exceed. */
export async function makeBudget(scene: Scene): Promise<{ budgetId: string }> {
  const { id } = await makePublished(scene);
  const budget = await createBudget(scene.owner, { scope: 'agent', scopeId: id, period: 'day', limitMicros: PLENTY });
  return { budgetId: budget.id };
}

/** A file that a run wrote. */
export async function makeFile(scene: Scene): Promise<void> {
  const { id: runId } = await makeRun(scene);
  const content = Buffer.from(scene.marker);
  await writeArtifact(scene.owner, { runId, name: 'a.txt', contentType: 'text/plain', content });
}

/** A custom tool. */
export async function makeTool({ owner, marker }: Scene): Promise<CustomTool> {
  const name = `t${randomBytes(8).toString('hex')}`;
  const action = { kind: 'javascript', code: 'return input' } as const;
  return createTool(owner, CreateToolInput.parse({ name, label: marker, description: marker, action }));
}

/** A text that nothing includes. */
export const makePartial = ({ owner, marker }: Scene) =>
  createPartial(owner, { name: `p${randomBytes(8).toString('hex')}`, description: marker, text: marker });

/** An MCP server where nothing listens, with a tool that it once had. */
export async function makeServer({ owner, marker }: Scene): Promise<{ name: string; tool: string; hash: string }> {
  const name = `m${randomBytes(8).toString('hex')}`;
  const tool = `${name}__tool`;
  const input = CreateMcpServerInput.parse({ name, url: 'http://127.0.0.1:65000/mcp', description: marker });
  const { id } = await createServer(owner, input);
  const said = { remoteName: marker, label: marker, description: marker, inputSchema: {}, readOnly: false };
  await withTenant(owner, (tx) => insertTools(tx, id, [{ ...said, name: tool, hash: marker, state: 'new' }]));
  return { name, tool, hash: marker };
}

/** A secret that a run used. */
export async function makeSecret(scene: Scene): Promise<{ secretId: string }> {
  const { owner, marker } = scene;
  const name = `S${randomBytes(8).toString('hex').toUpperCase()}`;
  const { id: secretId } = await createSecret(owner, { name, value: marker, description: marker });
  const { id: runId } = await makeRun(scene);
  await resolveSecrets(owner, `{{secret.${name}}}`, { runId });
  return { secretId };
}

/** Where nothing listens. */
export const NOWHERE: Configuration = {
  kind: 'rest',
  settings: {
    baseUrl: 'http://127.0.0.1:65000/v1',
    auth: 'bearer',
    headerName: '',
    user: '',
    tokenUrl: '',
    clientId: '',
    scope: '',
  },
  credentials: { secret: 'of nobody' },
};

export async function makeConnector({ owner, marker }: Scene): Promise<{ connectorId: string }> {
  const name = `c-${randomBytes(8).toString('hex')}`;
  const described = { name, description: marker, access: 'write' } as const;
  const { id } = await createConnector(owner, { ...described, configuration: NOWHERE });
  return { connectorId: id };
}

export const makeCredential = ({ owner, marker }: Scene) =>
  saveCredential(owner, { provider: 'openai', key: `sk-${marker}` });

/** A key that failed, and a model with a price of its own. */
export async function makeCircuit({ owner, marker }: Scene): Promise<void> {
  const error = new Upstream(marker, { reason: 'provider_unavailable', retriable: true });
  await noteFailure(owner, { provider: 'openai', source: 'organization' }, error);
  const price = { input: 1, cachedInput: 1, output: 1 };
  await setTerms(owner, { model: `openai/${marker}`, price, quality: 1 });
}

/** A member who can be changed or removed. */
export async function makeTarget({ owner, marker }: Scene): Promise<{ userId: string }> {
  const user = await makeUser(marker);
  await addMember(owner, user.id, 'viewer');
  return { userId: user.id };
}

/** Somebody invited who has not come yet. */
export async function makeInvitation({ owner, marker }: Scene): Promise<{ invitationId: string }> {
  const email = `${marker}-${randomBytes(4).toString('hex')}@example.test`;
  await createInvitation(owner, { email, role: 'viewer' });
  const invitation = (await listInvitations(owner)).find((one) => one.email === email);
  return { invitationId: invitation?.id ?? '' };
}
