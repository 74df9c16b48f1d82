import { createHash } from 'node:crypto';
import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { newId } from '@/db/columns';
import { blankSpec } from '@/lib/contracts/agents';
import type { Permission } from '@/lib/permissions';
import { updateAccess } from '../../agents/queries';
import { archiveAgent } from '../../agents/service';
import { createApiKey } from '../../api-keys/service';
import { withTenant } from '../../context';
import { log } from '../../log';
import { cancelRun } from '../../runs/service';
import { createCallerFactory } from '../../trpc/procedures';
import { appRouter } from '../../trpc/root';
import {
  type Caller,
  makeBudget,
  makeCircuit,
  makeConnector,
  makeCredential,
  makeDraft,
  makeInvitation,
  makePartial,
  makePublished,
  makeQuestion,
  makeRun,
  makeSecret,
  makeServer,
  makeTarget,
  makeTool,
  makeVisit,
  NOWHERE,
  REQUEST,
  type Scene,
  signInAs,
} from '../scene';
import { documentOf } from './document';
import type { Entrance, Input, Outcome } from './entrance';

interface Case {
  needs: Permission | readonly Permission[] | 'public' | 'person';
  input?: (scene: Scene, caller: Caller) => Input | Promise<Input>;
}

const agentRef = async (scene: Scene) => ({ agentId: (await makePublished(scene)).id });
/** An agent of whoever calls, where they are a member. */
const ownRef = async (scene: Scene, caller: Caller) => {
  const ref = await agentRef(scene);
  const userId = caller.session?.user.id;
  if (userId) await withTenant(scene.owner, (tx) => updateAccess(tx, ref.agentId, { ownerId: userId }));
  return ref;
};
const draftRef = async (scene: Scene) => ({ agentId: (await makeDraft(scene)).id });
const runRef = async (scene: Scene) => ({ runId: (await makeRun(scene)).id });
const endedRef = async (scene: Scene) => {
  const ref = await runRef(scene);
  await cancelRun(scene.owner, ref);
  return ref;
};
const MEMBERS_LIMIT = { scope: 'member', period: 'month', limitMicros: 1_000_000 };
const PROGRAM = { kind: 'javascript', code: 'return 1' };
const toolRef = async (scene: Scene) => ({ name: (await makeTool(scene)).name });
const partialRef = async (scene: Scene) => ({ name: (await makePartial(scene)).name });
const OPEN_API = { type: 'text', text: 'openapi: 3.1.0\ninfo: {title: Pets}\npaths: {/pets: {get: {}}}' };
const serverRef = async (scene: Scene) => ({ name: (await makeServer(scene)).name });
const approvalRef = async (scene: Scene) => ({ approvalId: (await makeQuestion(scene)).approvalId });
const linkedRef = async (scene: Scene) => ({ agentId: (await makeVisit(scene)).agentId });
const archivedRef = async (scene: Scene) => {
  const { agentId } = await draftRef(scene);
  await archiveAgent(scene.owner, { agentId });
  return { agentId };
};
const filters = async (scene: Scene) => {
  const { id, agentId } = await makeRun(scene);
  return { workspaceId: scene.workspaceId, agentId, conversationId: id };
};

const spendFilter = ({ owner, workspaceId }: Scene) => {
  const today = new Date().toISOString().slice(0, 10);
  return { from: today, to: today, workspaceId, agentId: owner.org.id, actorId: owner.actor.id };
};

/** Every procedure by its path; what follows in brackets tells cases of one apart. */
const CASES: Record<string, Case> = {
  'agents.list': { needs: 'agents:read', input: ({ workspaceId }) => ({ workspaceId }) },
  'agents.get': { needs: 'agents:read', input: agentRef },
  'agents.draftPartials': { needs: 'agents:read', input: agentRef },
  'agents.create': {
    needs: 'agents:write',
    input: ({ marker, workspaceId }) => ({ name: marker, spec: blankSpec(), workspaceId }),
  },
  'agents.create (published)': {
    needs: ['agents:write', 'agents:publish'],
    input: ({ marker }) => ({ name: marker, spec: blankSpec(), publish: true }),
  },
  'agents.saveDraft': {
    needs: 'agents:write',
    input: async (scene) => ({ ...(await draftRef(scene)), revision: 1, name: 'Changed', spec: blankSpec() }),
  },
  'agents.publish': { needs: 'agents:publish', input: async (scene) => ({ ...(await draftRef(scene)), revision: 1 }) },
  'agents.versions': { needs: 'agents:read', input: agentRef },
  'agents.version': { needs: 'agents:read', input: async (scene) => ({ ...(await agentRef(scene)), version: 1 }) },
  'agents.rollback': { needs: 'agents:publish', input: async (scene) => ({ ...(await agentRef(scene)), version: 1 }) },
  'agents.archive': { needs: 'agents:archive', input: agentRef },
  'agents.access': { needs: 'agents:read', input: agentRef },
  'agents.changeVisibility': {
    needs: 'agents:write',
    input: async (scene, caller) => ({ ...(await ownRef(scene, caller)), visibility: 'organization' }),
  },
  'agents.takeOver': { needs: 'agents:read-private', input: agentRef },
  'agents.restore': { needs: 'agents:archive', input: archivedRef },
  'agents.duplicate': { needs: ['agents:write', 'agents:read'], input: agentRef },
  'agents.bulk': {
    needs: 'agents:archive',
    input: async (scene) => ({ agentIds: [(await makePublished(scene)).id], action: { type: 'archive' } }),
  },
  'agents.bulk (tag)': {
    needs: 'agents:write',
    input: async (scene) => ({ agentIds: [(await makePublished(scene)).id], action: { type: 'tag', tag: 'swept' } }),
  },
  'agents.tags': { needs: 'agents:read' },
  'agents.renameTag': {
    needs: 'agents:write',
    input: async (scene) => ({ from: (await makePublished(scene)).tags[0], to: 'swept' }),
  },
  'agents.import': {
    needs: ['agents:write', 'agents:read'],
    input: ({ marker, workspaceId }) => ({ document: documentOf(marker), workspaceId }),
  },
  'apiKeys.list': { needs: 'api-keys:read' },
  'apiKeys.create': { needs: 'api-keys:write', input: ({ marker }) => ({ name: marker, scopes: ['agents:read'] }) },
  'apiKeys.revoke': {
    needs: 'api-keys:write',
    input: async ({ owner, marker }) => ({
      apiKeyId: (await createApiKey(owner, { name: marker, scopes: ['agents:read'] })).id,
    }),
  },
  'approvals.list': {
    needs: 'approvals:read',
    input: async (scene) => ({ agentId: (await makeRun(scene)).agentId }),
  },
  'approvals.count': { needs: 'approvals:read' },
  'approvals.get': { needs: 'approvals:read', input: approvalRef },
  'approvals.decide': {
    needs: ['approvals:read', 'approvals:answer'],
    input: async (scene) => ({ ...(await approvalRef(scene)), decision: { type: 'answer', answer: scene.marker } }),
  },
  'audit.list': { needs: 'audit:read' },
  'budgets.list': { needs: 'budgets:read' },
  'budgets.targets': { needs: 'budgets:write', input: ({ marker }) => ({ scope: 'agent', query: marker }) },
  'budgets.create': {
    needs: 'budgets:write',
    input: async (scene) => ({
      scope: 'agent',
      scopeId: (await makePublished(scene)).id,
      period: 'month',
      limitMicros: 1_000_000,
    }),
  },
  'budgets.create (member)': {
    needs: 'budgets:write',
    input: async (scene) => ({ ...MEMBERS_LIMIT, scopeId: (await makeTarget(scene)).userId }),
  },
  'budgets.create (API key)': {
    needs: 'budgets:write',
    input: async ({ owner, marker }) => ({
      ...MEMBERS_LIMIT,
      scope: 'api_key',
      scopeId: (await createApiKey(owner, { name: marker, scopes: ['agents:read'] })).id,
    }),
  },
  'budgets.change': {
    needs: 'budgets:write',
    input: async (scene) => ({ ...(await makeBudget(scene)), limitMicros: 2_000_000 }),
  },
  'budgets.delete': { needs: 'budgets:write', input: makeBudget },
  'connectors.list': { needs: 'connectors:read' },
  'connectors.attachable': { needs: 'agents:read' },
  'connectors.get': { needs: 'connectors:read', input: makeConnector },
  'connectors.create': {
    needs: 'connectors:write',
    input: () => ({ name: `c-${newId()}`, configuration: NOWHERE }),
  },
  'connectors.change': {
    needs: 'connectors:write',
    input: async (scene) => ({ ...(await makeConnector(scene)), configuration: NOWHERE }),
  },
  'connectors.delete': { needs: 'connectors:write', input: makeConnector },
  'connectors.test': { needs: 'connectors:write', input: makeConnector },
  'guardrails.try': {
    needs: 'agents:write',
    input: ({ marker }) => ({ guards: [{ type: 'length' }], text: marker }),
  },
  'invitations.list': { needs: 'members:read' },
  'invitations.create': {
    needs: 'members:write',
    input: () => ({ email: `${newId()}@example.test`, role: 'developer' }),
  },
  'invitations.resend': { needs: 'members:write', input: makeInvitation },
  'invitations.revoke': { needs: 'members:write', input: makeInvitation },
  'invitations.view': { needs: 'public', input: () => ({ token: newId() }) },
  'invitations.accept': { needs: 'person', input: () => ({ token: newId() }) },
  'invitations.join': { needs: 'public', input: () => ({ token: newId(), name: 'New', password: newId() }) },
  'ledger.check': { needs: 'spend:read' },
  'ledger.list': { needs: 'spend:read', input: spendFilter },
  'ledger.spend': { needs: 'spend:read', input: spendFilter },
  'mailbox.list': { needs: 'public' },
  'mailbox.state': { needs: 'public' },
  'members.list': { needs: 'members:read' },
  'members.changeRole': {
    needs: 'members:write',
    input: async (scene) => ({ ...(await makeTarget(scene)), role: 'developer' }),
  },
  'members.remove': { needs: 'members:write', input: makeTarget },
  'members.transferOwnership': { needs: 'organization:delete', input: makeTarget },
  'models.list': { needs: 'models:read' },
  'models.terms': { needs: 'models:read' },
  'models.setTerms': {
    needs: 'credentials:write',
    input: () => ({ model: 'openai/gpt-5', price: null, quality: 7 }),
  },
  'models.health': { needs: 'credentials:read' },
  'models.resetCircuit': {
    needs: 'credentials:write',
    input: async (scene) => {
      await makeCircuit(scene);
      return { provider: 'openai', source: 'organization' };
    },
  },
  'models.providers': { needs: 'credentials:read' },
  'models.saveCredential': {
    needs: 'credentials:write',
    input: ({ marker }) => ({ provider: 'anthropic', key: `sk-${marker}` }),
  },
  'models.removeCredential': {
    needs: 'credentials:write',
    input: async (scene) => ({ provider: (await makeCredential(scene)).provider }),
  },
  'models.testCredential': { needs: 'credentials:write', input: () => ({ provider: 'openai-compatible' }) },
  'operator.me': { needs: 'person' },
  'operator.runner': { needs: 'person' },
  'operator.runs': { needs: 'person' },
  'operator.run': { needs: 'person', input: () => ({ runId: '0'.repeat(26) }) },
  'operator.retry': { needs: 'person', input: () => ({ runId: '0'.repeat(26) }) },
  'operator.cancel': { needs: 'person', input: () => ({ runId: '0'.repeat(26) }) },
  'organizations.mine': { needs: 'person' },
  'organizations.create': { needs: 'person', input: ({ marker }) => ({ name: marker }) },
  'organizations.view': { needs: 'organization:read' },
  'organizations.rename': { needs: 'organization:write', input: ({ marker }) => ({ name: `${marker} renamed` }) },
  'partials.list': { needs: 'agents:read' },
  'partials.offered': { needs: 'agents:read' },
  'partials.get': { needs: 'agents:read', input: partialRef },
  'partials.uses': { needs: 'agents:read', input: partialRef },
  'partials.create': {
    needs: 'agents:write',
    input: ({ marker }) => ({ name: `made_${newId().replaceAll('-', '')}`, description: marker, text: marker }),
  },
  'partials.change': {
    needs: 'agents:write',
    input: async (scene) => ({ ...(await partialRef(scene)), revision: 1, description: 'x', text: 'x' }),
  },
  'partials.change (renamed)': {
    needs: 'agents:write',
    input: async (scene) => ({
      ...{ ...(await partialRef(scene)), revision: 1, text: 'x' },
      newName: `named_${newId().replaceAll('-', '')}`,
    }),
  },
  'partials.delete': { needs: 'agents:write', input: partialRef },
  'people.signUp': {
    needs: 'public',
    input: () => ({ name: 'New', email: `${newId()}@example.test`, password: newId(), organization: 'New' }),
  },
  'people.confirmSignUp': { needs: 'public', input: () => ({ token: newId(), password: newId() }) },
  'people.requestReset': { needs: 'public', input: () => ({ email: `${newId()}@example.test` }) },
  'people.resetPassword': { needs: 'public', input: () => ({ token: newId(), password: newId() }) },
  'people.confirmEmailChange': { needs: 'public', input: () => ({ token: newId() }) },
  'people.providers': { needs: 'public' },
  'people.account': { needs: 'person' },
  'people.rename': { needs: 'person', input: () => ({ name: 'Renamed' }) },
  'people.changePassword': { needs: 'person', input: () => ({ currentPassword: newId(), password: newId() }) },
  'people.requestEmailChange': {
    needs: 'person',
    input: () => ({ currentPassword: newId(), email: `${newId()}@example.test` }),
  },
  'people.disconnect': { needs: 'person', input: () => ({ provider: 'github' }) },
  'people.securityEvents': { needs: 'person' },
  'people.sessions': { needs: 'person' },
  'people.revokeSession': {
    needs: 'person',
    input: async (_, { session }) => ({ sessionId: session && (await signInAs(session.user)).sessionId }),
  },
  'people.signOutEverywhere': { needs: 'person', input: () => ({ keepCurrent: false }) },
  'publicLinks.find': { needs: 'agents:read', input: linkedRef },
  'publicLinks.make': { needs: ['agents:publish', 'agents:read'], input: linkedRef },
  'publicLinks.change': {
    needs: ['agents:publish', 'agents:read'],
    input: async (scene) => ({ ...(await linkedRef(scene)), enabled: false, messagesPerHour: 5 }),
  },
  'publicLinks.page': { needs: 'public', input: async (scene) => ({ token: (await makeVisit(scene)).token }) },
  'runs.list': { needs: 'runs:read', input: filters },
  'runs.countNew': {
    needs: 'runs:read',
    input: async (scene) => ({ ...(await filters(scene)), since: scene.owner.org.id }),
  },
  'runs.overview': { needs: 'runs:read' },
  'runs.get': { needs: 'runs:read', input: runRef },
  'runs.span': {
    needs: 'runs:read',
    input: async (scene) => {
      const { runId, seq } = await makeQuestion(scene);
      return { runId, seq };
    },
  },
  'runs.start': {
    needs: 'runs:start',
    input: async (scene) => ({ ...(await agentRef(scene)), input: scene.marker }),
  },
  'runs.start (conversation)': {
    needs: 'runs:start',
    input: async (scene) => {
      const { id, agentId } = await makeRun(scene);
      await cancelRun(scene.owner, { runId: id });
      return { agentId, conversationId: id, input: scene.marker };
    },
  },
  'runs.retry': { needs: 'runs:start', input: endedRef },
  'runs.rerun': { needs: 'runs:start', input: runRef },
  'runs.fork': { needs: 'runs:start', input: async (scene) => ({ ...(await runRef(scene)), version: 'draft' }) },
  'runs.lineage': { needs: 'runs:read', input: runRef },
  'runs.compare': {
    needs: 'runs:read',
    input: async (scene) => {
      const { id } = await makeRun(scene);
      return { a: id, b: id };
    },
  },
  'runs.cancel': { needs: 'runs:cancel', input: runRef },
  'runs.watch': { needs: 'runs:read', input: runRef },
  'secrets.list': { needs: 'secrets:read' },
  'secrets.create': {
    needs: 'secrets:write',
    input: ({ workspaceId }) => ({
      name: `N${newId().replaceAll('-', '').toUpperCase()}`,
      value: newId(),
      workspaceId,
    }),
  },
  'secrets.replace': {
    needs: 'secrets:write',
    input: async (scene) => ({ ...(await makeSecret(scene)), value: newId() }),
  },
  'secrets.delete': { needs: 'secrets:write', input: makeSecret },
  'secrets.dataKey': { needs: 'secrets:read' },
  'secrets.rotateKey': { needs: 'secrets:write' },
  'artifacts.list': { needs: 'runs:read', input: runRef },
  'tools.openApi.read': { needs: 'tools:write', input: () => ({ source: OPEN_API }) },
  'tools.openApi.import': {
    needs: 'tools:write',
    input: () => ({
      source: OPEN_API,
      hash: createHash('sha256').update(OPEN_API.text).digest('hex'),
      baseUrl: 'https://pets.example',
      secrets: {},
      operations: ['GET /pets'],
    }),
  },
  'tools.servers.list': { needs: 'tools:read' },
  'tools.servers.get': { needs: 'tools:read', input: serverRef },
  'tools.servers.create': {
    needs: 'tools:write',
    input: ({ marker }) => ({
      name: `m${newId().replaceAll('-', '').slice(-16)}`,
      url: 'http://127.0.0.1:65000/mcp',
      description: marker,
    }),
  },
  'tools.servers.change': {
    needs: 'tools:write',
    input: async (scene) => ({ ...(await serverRef(scene)), revision: 1, url: 'http://127.0.0.1:65000/x' }),
  },
  'tools.servers.delete': { needs: 'tools:write', input: serverRef },
  'tools.servers.refresh': { needs: 'tools:write', input: serverRef },
  'tools.servers.changeTool': {
    needs: 'tools:write',
    input: async (scene) => ({ tool: (await makeServer(scene)).tool, enabled: false, approval: null }),
  },
  'tools.servers.judgeTool': {
    needs: 'tools:write',
    input: async (scene) => {
      const { tool, hash } = await makeServer(scene);
      return { tool, hash, decision: 'remove' };
    },
  },
  'tools.offered': { needs: 'agents:read' },
  'tools.list': { needs: 'tools:read' },
  'tools.get': { needs: 'tools:read', input: toolRef },
  'tools.create': {
    needs: 'tools:write',
    input: ({ marker }) => ({
      name: `made_${newId().replaceAll('-', '')}`,
      label: marker,
      description: marker,
      action: PROGRAM,
    }),
  },
  'tools.change': {
    needs: 'tools:write',
    input: async (scene) => ({ ...(await toolRef(scene)), revision: 1, label: 'x', description: 'x', action: PROGRAM }),
  },
  'tools.delete': { needs: 'tools:write', input: toolRef },
  'tools.try': { needs: 'tools:try', input: async (scene) => ({ ...(await toolRef(scene)), input: {} }) },
  'tools.try (as an agent)': {
    needs: ['tools:try', 'agents:read'],
    input: async (scene) => ({ ...(await toolRef(scene)), ...(await agentRef(scene)), input: {} }),
  },
  'workspaces.list': { needs: 'workspaces:read' },
  'workspaces.create': { needs: 'workspaces:write', input: () => ({ name: newId() }) },
};

const pathOf = (name: string): string => name.replace(/ \(.*\)$/, '');

/** What is called by path: the router's own caller, with the context of a request made by hand. */
async function callProcedure(path: string, caller: Caller, input: Input): Promise<Outcome> {
  const leave = new AbortController();
  const context = { session: caller.session, request: REQUEST, log };
  const router: unknown = createCallerFactory(appRouter)(context, { signal: leave.signal });
  try {
    const procedure = path.split('.').reduce((at: unknown, name) => Reflect.get(Object(at), name), router);
    if (typeof procedure !== 'function') throw new Error(`no procedure ${path}`);
    const answer: unknown = await procedure({ org: caller.org, ...input });
    return { status: 200, body: isStream(answer) ? await first(answer) : answer };
  } catch (error) {
    if (!(error instanceof TRPCError)) return { status: 500, body: String(error) };
    return { status: getHTTPStatusCodeFromError(error), body: { code: error.code, message: error.message } };
  } finally {
    leave.abort();
  }
}

const isStream = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

async function first(events: AsyncIterable<unknown>): Promise<unknown> {
  for await (const event of events) return event;
}

export const procedureEntrances: Entrance[] = Object.entries(CASES).map(([name, { needs, input }]) => ({
  name,
  needs: needs === 'public' || needs === 'person' ? needs : [needs].flat(),
  input: input ?? (() => ({})),
  call: (caller, given) => callProcedure(pathOf(name), caller, given),
}));

/** Procedures without a case, and cases without a procedure. */
export function unlistedProcedures(): string[] {
  const listed = new Set(Object.keys(CASES).map(pathOf));
  const there = Object.keys(appRouter._def.procedures);
  return [
    ...there.filter((path) => !listed.has(path)).map((path) => `procedure ${path} has no case in the sweep`),
    ...[...listed].filter((path) => !there.includes(path)).map((path) => `no procedure ${path}`),
  ];
}
