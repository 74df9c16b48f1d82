import { globSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '@/db/columns';
import { blankSpec } from '@/lib/contracts/agents';
import type { Permission } from '@/lib/permissions';
import { OPERATIONS } from '../../api/operations';
import { cancelRun } from '../../runs/service';
import { type Caller, makePartial, makePublished, makeQuestion, makeRun, makeVisit, type Scene } from '../scene';
import { documentOf } from './document';
import type { Entrance, Input, Outcome } from './entrance';

const ROOT = join(import.meta.dirname, '../../..');
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;

/** A handler as Next calls it. */
export type Handler = (request: Request, route: { params: Promise<Record<string, string>> }) => Promise<Response>;

/** Routes that hand the whole request to a library; what is behind them is swept by itself, and they run in e2e. */
const ADAPTERS: Record<string, string> = {
  'GET /api/trpc/[trpc]': 'the procedures',
  'POST /api/trpc/[trpc]': 'the procedures',
  'GET /api/auth/[...nextauth]': 'next-auth',
  'POST /api/auth/[...nextauth]': 'next-auth',
  'GET /api/inngest': 'the SDK, which answers only signed calls',
  'POST /api/inngest': 'the SDK, which answers only signed calls',
  'PUT /api/inngest': 'the SDK, which answers only signed calls',
  'GET /api/export/agents': 'agents as a file, for a browser that is signed in: runs in e2e',
  'GET /api/export/ledger': 'the ledger as a file, for a browser that is signed in: runs in e2e',
  'GET /api/files/[artifactId]': 'a file of a run, for a browser that is signed in: runs in e2e',
  'GET /api/metrics': 'Prometheus, with a token of its own',
  ...Object.fromEntries(
    ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => [
      `${method} /api/v1/[...unknown]`,
      'says that there is nothing',
    ]),
  ),
};

interface Case {
  needs: readonly Permission[] | 'public';
  /** What is not named in the path goes into the query of a GET or DELETE and the body of others. */
  input?: (scene: Scene) => Input | Promise<Input>;
}

const agentRef = async (scene: Scene) => ({ agentId: (await makePublished(scene)).id });
const spendFilter = ({ owner, workspaceId }: Scene) => {
  const today = new Date().toISOString().slice(0, 10);
  return { from: today, to: today, workspaceId, agentId: owner.org.id, actorId: owner.actor.id };
};
/** A visitor's own, of these names. */
const visit =
  (...names: ('token' | 'runId' | 'conversationId')[]) =>
  async (scene: Scene) => {
    const made = await makeVisit(scene);
    return Object.fromEntries(names.map((name) => [name, made[name]]));
  };
const linkedRef = async (scene: Scene) => ({ agentId: (await makeVisit(scene)).agentId });
const approvalRef = async (scene: Scene) => ({ approvalId: (await makeQuestion(scene)).approvalId });
const newPartial = ({ marker }: Scene) => ({ name: `p${newId().replaceAll('-', '')}`, text: marker });
const partialRef = async (scene: Scene) => ({ name: (await makePartial(scene)).name });
const runRef = async (scene: Scene) => ({ runId: (await makeRun(scene)).id });
const endedRef = async (scene: Scene) => {
  const ref = await runRef(scene);
  await cancelRun(scene.owner, ref);
  return ref;
};

/** Every method of every route. */
const CASES: Record<string, Case> = {
  'GET /api/health/live': { needs: 'public' },
  'GET /api/health/ready': { needs: 'public' },
  'GET /api/v1/openapi.json': { needs: 'public' },
  'GET /api/v1/models': { needs: ['models:read'] },
  'POST /api/v1/models/terms': {
    needs: ['credentials:write'],
    input: () => ({ model: 'openai/gpt-5', price: null, quality: 7 }),
  },
  'GET /api/v1/providers/health': { needs: ['credentials:read'] },
  'GET /api/v1/budgets': { needs: ['budgets:read'] },
  'GET /api/v1/ledger': { needs: ['spend:read'], input: spendFilter },
  'GET /api/v1/spend': { needs: ['spend:read'], input: spendFilter },
  'GET /api/v1/agents': { needs: ['agents:read'], input: ({ workspaceId }) => ({ workspaceId }) },
  'POST /api/v1/agents': {
    needs: ['agents:write'],
    input: ({ marker, workspaceId }) => ({ name: marker, spec: blankSpec(), workspaceId }),
  },
  'POST /api/v1/agents (published)': {
    needs: ['agents:write', 'agents:publish'],
    input: ({ marker }) => ({ name: marker, spec: blankSpec(), publish: true }),
  },
  'GET /api/v1/agents/[agentId]/public-link': { needs: ['agents:read'], input: linkedRef },
  'POST /api/v1/agents/[agentId]/public-link': { needs: ['agents:publish', 'agents:read'], input: linkedRef },
  'POST /api/v1/agents/[agentId]/public-link/settings': {
    needs: ['agents:publish', 'agents:read'],
    input: async (scene) => ({ ...(await linkedRef(scene)), enabled: false }),
  },
  // Whoever has the address is let in, and finds nothing of anybody else.
  'POST /api/s/[token]/messages': {
    needs: 'public',
    input: async (scene) => {
      const { token, conversationId } = await makeVisit(scene);
      return { token, conversationId, input: scene.marker, variables: {} };
    },
  },
  'GET /api/s/[token]/conversations': { needs: 'public', input: visit('token') },
  'GET /api/s/[token]/conversations/[conversationId]': { needs: 'public', input: visit('token', 'conversationId') },
  'GET /api/s/[token]/runs/[runId]/events': { needs: 'public', input: visit('token', 'runId') },
  'POST /api/s/[token]/runs/[runId]/stop': { needs: 'public', input: visit('token', 'runId') },
  'GET /api/v1/agents/[agentId]': { needs: ['agents:read'], input: agentRef },
  'GET /api/v1/agents/export': { needs: ['agents:read'], input: agentRef },
  'POST /api/v1/agents/import': {
    needs: ['agents:write', 'agents:read'],
    input: ({ marker, workspaceId }) => ({ document: documentOf(marker), workspaceId }),
  },
  'GET /api/v1/partials': { needs: ['agents:read'] },
  'POST /api/v1/partials': { needs: ['agents:write'], input: newPartial },
  'GET /api/v1/partials/[name]': { needs: ['agents:read'], input: partialRef },
  'PUT /api/v1/partials/[name]': {
    needs: ['agents:write'],
    input: async (scene) => ({ ...(await partialRef(scene)), revision: 1, text: scene.marker }),
  },
  'DELETE /api/v1/partials/[name]': { needs: ['agents:write'], input: partialRef },
  'POST /api/v1/agents/[agentId]/runs': {
    needs: ['runs:start', 'runs:read'],
    input: async (scene) => ({ ...(await agentRef(scene)), input: scene.marker, async: true }),
  },
  'POST /api/v1/agents/[agentId]/runs (stream)': {
    needs: ['runs:start', 'runs:read'],
    input: async (scene) => ({ ...(await agentRef(scene)), input: scene.marker, stream: true }),
  },
  'GET /api/v1/approvals': {
    needs: ['approvals:read'],
    input: async (scene) => ({ agentId: (await makeRun(scene)).agentId }),
  },
  'GET /api/v1/approvals/[approvalId]': { needs: ['approvals:read'], input: approvalRef },
  'POST /api/v1/approvals/[approvalId]/decision': {
    needs: ['approvals:read', 'approvals:answer'],
    input: async (scene) => ({ ...(await approvalRef(scene)), type: 'answer', answer: scene.marker }),
  },
  'GET /api/v1/runs': {
    needs: ['runs:read'],
    input: async (scene) => {
      const { id, agentId } = await makeRun(scene);
      return { workspaceId: scene.workspaceId, agentId, conversationId: id };
    },
  },
  'GET /api/v1/runs/[runId]': { needs: ['runs:read'], input: runRef },
  'GET /api/v1/runs/[runId]/events': { needs: ['runs:read'], input: runRef },
  'POST /api/v1/runs/[runId]/retry': { needs: ['runs:start', 'runs:read'], input: endedRef },
  'POST /api/v1/runs/[runId]/rerun': { needs: ['runs:start', 'runs:read'], input: runRef },
  'POST /api/v1/runs/[runId]/fork': {
    needs: ['runs:start', 'runs:read'],
    input: async (scene) => ({ ...(await runRef(scene)), version: 'draft' }),
  },
  'POST /api/v1/runs/[runId]/cancel': { needs: ['runs:cancel'], input: runRef },
};

const entranceOf = (name: string): string => name.replace(/ \(.*\)$/, '');

/** The handlers in the files under `app/api`, by method and path. */
export async function loadHandlers(): Promise<Map<string, Handler>> {
  const handlers = new Map<string, Handler>();
  for (const file of globSync('app/api/**/route.ts', { cwd: ROOT })) {
    const module: Record<string, Handler> = await import(/* @vite-ignore */ join(ROOT, file));
    const path = file.slice('app'.length, -'/route.ts'.length);
    for (const method of METHODS) if (module[method]) handlers.set(`${method} ${path}`, module[method]);
  }
  return handlers;
}

/** Method and path with its parameters filled in, and what of the input they left. */
function fill(
  entrance: string,
  input: Input,
): { method: string; path: string; params: Record<string, string>; rest: Input } {
  const [method = '', pattern = ''] = entrance.split(' ');
  const params: Record<string, string> = {};
  const rest = { ...input };
  const path = pattern.replace(/\[(\w+)\]/g, (_, name: string) => {
    params[name] = String(input[name]);
    delete rest[name];
    return encodeURIComponent(params[name].toWellFormed());
  });
  return { method, path, params, rest };
}

async function callRoute(handler: Handler, entrance: string, caller: Caller, input: Input): Promise<Outcome> {
  const { method, path, params, rest } = fill(entrance, input);
  const url = new URL(path, 'http://localhost');
  const isSent = method !== 'GET' && method !== 'DELETE';
  const headers = new Headers(caller.token === null ? {} : { authorization: `Bearer ${caller.token}` });
  if (!isSent) for (const [name, value] of Object.entries(rest)) url.searchParams.set(name, String(value));
  else headers.set('content-type', 'application/json');
  const leave = new AbortController();
  const body = isSent ? JSON.stringify(rest) : undefined;
  const request = new Request(url, { method, headers, body, signal: leave.signal });
  const response = await handler(request, { params: Promise.resolve(params) });
  const outcome = { status: response.status, body: await read(response) };
  leave.abort();
  return outcome;
}

/** The answer without what differs from request to request; of a stream its first event. */
async function read(response: Response): Promise<unknown> {
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    const reader = response.body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    await reader?.cancel();
    return new TextDecoder().decode(value);
  }
  if (response.headers.get('content-type')?.startsWith('application/yaml')) return response.text();
  if (response.status === 204) return null;
  const { requestId: _id, instance: _path, ...body } = (await response.json()) as Record<string, unknown>;
  return body;
}

export async function routeEntrances(): Promise<Entrance[]> {
  const handlers = await loadHandlers();
  return Object.entries(CASES).flatMap(([name, { needs, input }]) => {
    const handler = handlers.get(entranceOf(name));
    if (!handler) return [];
    const call = (caller: Caller, given: Input) => callRoute(handler, entranceOf(name), caller, given);
    return [{ name, needs, input: input ?? (() => ({})), call }];
  });
}

/** Handlers without a case, cases without a handler, and handlers of the API that are no documented operation. */
export async function unlistedRoutes(): Promise<string[]> {
  const there = [...(await loadHandlers()).keys()];
  const listed = new Set([...Object.keys(CASES).map(entranceOf), ...Object.keys(ADAPTERS)]);
  const documented = OPERATIONS.map(
    ({ method, path }) => `${method} ${path.replaceAll('{', '[').replaceAll('}', ']')}`,
  );
  const operations = there.filter(
    (name) => name.includes(' /api/v1/') && name !== 'GET /api/v1/openapi.json' && !(name in ADAPTERS),
  );
  return [
    ...there.filter((name) => !listed.has(name)).map((name) => `${name} has no case in the sweep`),
    ...[...listed].filter((name) => !there.includes(name)).map((name) => `no handler ${name}`),
    ...operations.filter((name) => !documented.includes(name)).map((name) => `${name} is not documented`),
    ...documented.filter((name) => !there.includes(name)).map((name) => `${name} is documented, but not there`),
  ];
}
