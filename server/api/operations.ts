import { z } from 'zod';
import { ExportAgentsInput, ImportAgentsInput, ImportReport } from '@/lib/contracts/agent-documents';
import { Agent, AgentRef, AgentSummary, AgentTag, CreateAgentInput, ListAgentsInput } from '@/lib/contracts/agents';
import { Approval, ApprovalRef, Decision, ListApprovalsInput } from '@/lib/contracts/approvals';
import { Budget } from '@/lib/contracts/budgets';
import { StorableJson } from '@/lib/contracts/json';
import { LedgerEntry, ListLedgerInput, Spend, SpendInput } from '@/lib/contracts/ledger';
import { ModelTerms, SetModelTermsInput } from '@/lib/contracts/models';
import { Id, pageOf } from '@/lib/contracts/paging';
import {
  ChangePartialInput,
  CreatePartialInput,
  ListPartialsInput,
  PartialRef,
  PartialSummary,
  PromptPartial,
} from '@/lib/contracts/partials';
import { ProviderHealth } from '@/lib/contracts/provider-health';
import { ChangePublicLinkInput, MadePublicLink, MakePublicLinkInput, PublicLink } from '@/lib/contracts/public-links';
import { ForkRunInput, RerunRunInput } from '@/lib/contracts/repair';
import { ListRunsInput, Run, RunSummary, RunTrigger, StartRunInput } from '@/lib/contracts/runs';
import type { Permission } from '@/lib/permissions';

/** One operation of the HTTP API: handler and OpenAPI document are both made from it. */
export interface Operation {
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As in OpenAPI: `{agentId}` is a parameter. */
  path: string;
  summary: string;
  /** What the API key needs, all of it, before anything is done. */
  scopes: readonly Permission[];
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** By status; `null` has no body. */
  responses: Record<number, { description: string; schema: z.ZodType | null; stream?: boolean; yaml?: boolean }>;
  /** Honours `Idempotency-Key`. */
  once?: boolean;
}

const define = <const T extends Operation>(operation: T): T => operation;

/** A query parameter that may be repeated or hold several values with commas. */
const many = <T extends z.ZodType>(item: T) => z.preprocess(splitMany, z.array(item).max(20).optional());
const splitMany = (value: unknown) =>
  value === undefined ? undefined : [value].flat().flatMap((part) => String(part).split(','));

/** A run with what it answered. */
export const RunResult = RunSummary.extend({
  output: z.string().nullable(),
  outputJson: z
    .record(z.string(), StorableJson)
    .nullable()
    .describe('The output as an object, where it is one: always so for an agent with a schema for its answer'),
});
export type RunResult = z.infer<typeof RunResult>;

export const StartRunBody = StartRunInput.omit({ agentId: true }).extend({
  stream: z.boolean().default(false).describe('Answer with server-sent events as the run goes on'),
  async: z.boolean().default(false).describe('Answer 202 at once, with the address of the run'),
});

export const listAgentsOperation = define({
  id: 'listAgents',
  method: 'GET',
  path: '/api/v1/agents',
  summary: 'List agents, last changed first',
  scopes: ['agents:read'],
  query: ListAgentsInput.extend({ status: many(z.enum(['draft', 'active', 'archived'])), tags: many(AgentTag) }),
  responses: { 200: { description: 'A page of agents', schema: pageOf(AgentSummary) } },
});

export const createAgentOperation = define({
  id: 'createAgent',
  method: 'POST',
  path: '/api/v1/agents',
  summary: 'Create an agent from a spec; `publish: true` publishes it at once',
  scopes: ['agents:write'],
  body: CreateAgentInput,
  once: true,
  responses: { 201: { description: 'The new agent', schema: Agent } },
});

export const getAgentOperation = define({
  id: 'getAgent',
  method: 'GET',
  path: '/api/v1/agents/{agentId}',
  summary: 'Get an agent with its draft',
  scopes: ['agents:read'],
  params: z.object({ agentId: Id }),
  responses: { 200: { description: 'The agent', schema: Agent } },
});

export const getPublicLinkOperation = define({
  id: 'getPublicLink',
  method: 'GET',
  path: '/api/v1/agents/{agentId}/public-link',
  summary: 'Get the public link of an agent: its limits and how often it was used, not its address',
  scopes: ['agents:read'],
  params: AgentRef,
  responses: { 200: { description: 'The link', schema: PublicLink } },
});

export const makePublicLinkOperation = define({
  id: 'makePublicLink',
  method: 'POST',
  path: '/api/v1/agents/{agentId}/public-link',
  summary: 'Make a public link; its address is in this answer alone, and the one before opens nothing any more',
  scopes: ['agents:publish', 'agents:read'],
  params: AgentRef,
  body: MakePublicLinkInput.omit({ agentId: true }),
  responses: { 201: { description: 'The link with its address', schema: MadePublicLink } },
});

export const changePublicLinkOperation = define({
  id: 'changePublicLink',
  method: 'POST',
  path: '/api/v1/agents/{agentId}/public-link/settings',
  summary: 'Turn a public link off or on, or change its limits; what is left out stays',
  scopes: ['agents:publish', 'agents:read'],
  params: AgentRef,
  body: ChangePublicLinkInput.omit({ agentId: true }),
  responses: { 200: { description: 'The link', schema: PublicLink } },
});

export const exportAgentsOperation = define({
  id: 'exportAgents',
  method: 'GET',
  path: '/api/v1/agents/export',
  summary: 'Export agents as one YAML file: drafts, what is published, or a version',
  scopes: ['agents:read'],
  query: z.object({
    agentId: z.preprocess(splitMany, ExportAgentsInput.shape.agentIds),
    version: z.preprocess(
      (value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
      ExportAgentsInput.shape.version,
    ),
  }),
  responses: { 200: { description: 'The documents, apart by ---', schema: null, yaml: true } },
});

export const importAgentsOperation = define({
  id: 'importAgents',
  method: 'POST',
  path: '/api/v1/agents/import',
  summary: 'Import agents from YAML as drafts, all or none; `dryRun: true` only tells what would be done',
  scopes: ['agents:write', 'agents:read'],
  body: ImportAgentsInput,
  responses: { 200: { description: 'What became of each document', schema: ImportReport } },
});

export const listPartialsOperation = define({
  id: 'listPartials',
  method: 'GET',
  path: '/api/v1/partials',
  summary: 'List the partials that instructions can include, by name',
  scopes: ['agents:read'],
  query: ListPartialsInput,
  responses: { 200: { description: 'A page of partials', schema: pageOf(PartialSummary) } },
});

export const createPartialOperation = define({
  id: 'createPartial',
  method: 'POST',
  path: '/api/v1/partials',
  summary: 'Create a partial; instructions include it as `{{> name}}`',
  scopes: ['agents:write'],
  body: CreatePartialInput,
  responses: { 201: { description: 'The new partial', schema: PromptPartial } },
});

export const getPartialOperation = define({
  id: 'getPartial',
  method: 'GET',
  path: '/api/v1/partials/{name}',
  summary: 'Get a partial with its text',
  scopes: ['agents:read'],
  params: PartialRef,
  responses: { 200: { description: 'The partial', schema: PromptPartial } },
});

export const changePartialOperation = define({
  id: 'changePartial',
  method: 'PUT',
  path: '/api/v1/partials/{name}',
  summary: 'Change a partial, or give it another name; what is published keeps the text it was published with',
  scopes: ['agents:write'],
  params: PartialRef,
  body: ChangePartialInput.omit({ name: true }),
  responses: { 200: { description: 'The partial as it is now', schema: PromptPartial } },
});

export const deletePartialOperation = define({
  id: 'deletePartial',
  method: 'DELETE',
  path: '/api/v1/partials/{name}',
  summary: 'Delete a partial that no draft and no other partial includes',
  scopes: ['agents:write'],
  params: PartialRef,
  responses: { 204: { description: 'It is gone', schema: null } },
});

export const startRunOperation = define({
  id: 'startRun',
  method: 'POST',
  path: '/api/v1/agents/{agentId}/runs',
  summary: 'Run an agent: waits for the answer, streams it, or answers at once',
  // The answer is the run: who may not read it is refused before it is started.
  scopes: ['runs:start', 'runs:read'],
  params: z.object({ agentId: Id }),
  body: StartRunBody,
  once: true,
  responses: {
    200: { description: 'The run, ended; with `stream: true` its events', schema: RunResult, stream: true },
    202: {
      description: 'The run, under way or waiting for a person; `Location` tells where to look',
      schema: RunResult,
    },
  },
});

export const listRunsOperation = define({
  id: 'listRuns',
  method: 'GET',
  path: '/api/v1/runs',
  summary: 'List runs, newest first',
  scopes: ['runs:read'],
  query: ListRunsInput.extend({
    status: many(z.enum(['queued', 'running', 'waiting', 'completed', 'failed', 'cancelled'])),
    trigger: many(RunTrigger),
  }),
  responses: { 200: { description: 'A page of runs', schema: pageOf(RunSummary) } },
});

export const getRunOperation = define({
  id: 'getRun',
  method: 'GET',
  path: '/api/v1/runs/{runId}',
  summary: 'Get a run with its spans',
  scopes: ['runs:read'],
  params: z.object({ runId: Id }),
  responses: { 200: { description: 'The run', schema: Run } },
});

export const watchRunOperation = define({
  id: 'watchRun',
  method: 'GET',
  path: '/api/v1/runs/{runId}/events',
  summary: 'Watch a run: server-sent events until it has ended; `Last-Event-ID` goes on where a stream broke off',
  scopes: ['runs:read'],
  params: z.object({ runId: Id }),
  responses: { 200: { description: 'The events of the run', schema: null, stream: true } },
});

export const cancelRunOperation = define({
  id: 'cancelRun',
  method: 'POST',
  path: '/api/v1/runs/{runId}/cancel',
  summary: 'Cancel a run; upstream calls are aborted',
  scopes: ['runs:cancel'],
  params: z.object({ runId: Id }),
  responses: { 200: { description: 'The cancelled run', schema: RunSummary } },
});

const newRun = { 202: { description: 'The new run, queued', schema: RunSummary } };

export const retryRunOperation = define({
  id: 'retryRun',
  method: 'POST',
  path: '/api/v1/runs/{runId}/retry',
  summary: 'Take up a failed or cancelled run at the step it did not finish, as a new run',
  scopes: ['runs:start', 'runs:read'],
  params: z.object({ runId: Id }),
  once: true,
  responses: newRun,
});

export const rerunRunOperation = define({
  id: 'rerunRun',
  method: 'POST',
  path: '/api/v1/runs/{runId}/rerun',
  summary: 'Run again, from the beginning or from a step on, also with another answer, result, input or variables',
  scopes: ['runs:start', 'runs:read'],
  params: z.object({ runId: Id }),
  body: RerunRunInput.omit({ runId: true }),
  once: true,
  responses: newRun,
});

export const forkRunOperation = define({
  id: 'forkRun',
  method: 'POST',
  path: '/api/v1/runs/{runId}/fork',
  summary: 'Run the same input with another version, the draft or another model',
  scopes: ['runs:start', 'runs:read'],
  params: z.object({ runId: Id }),
  body: ForkRunInput.omit({ runId: true }),
  once: true,
  responses: newRun,
});

export const listBudgetsOperation = define({
  id: 'listBudgets',
  method: 'GET',
  path: '/api/v1/budgets',
  summary: 'List budgets, each as it is in its current period',
  scopes: ['budgets:read'],
  responses: { 200: { description: 'Every budget', schema: z.object({ items: z.array(Budget) }) } },
});

export const listModelsOperation = define({
  id: 'listModels',
  method: 'GET',
  path: '/api/v1/models',
  summary: 'List the models that can be chosen, with what they cost and how they rank',
  scopes: ['models:read'],
  responses: { 200: { description: 'Every model', schema: z.object({ items: z.array(ModelTerms) }) } },
});

export const setModelTermsOperation = define({
  id: 'setModelTerms',
  method: 'POST',
  path: '/api/v1/models/terms',
  summary: 'Set what a model costs and how it ranks for the organization, from the next call on',
  scopes: ['credentials:write'],
  body: SetModelTermsInput,
  responses: { 200: { description: 'What counts for the model now', schema: ModelTerms } },
});

export const getProviderHealthOperation = define({
  id: 'getProviderHealth',
  method: 'GET',
  path: '/api/v1/providers/health',
  summary: 'Circuits of keys, and error rate and times of models in the last hour and day',
  scopes: ['credentials:read'],
  responses: { 200: { description: 'How keys and models fare', schema: ProviderHealth } },
});

export const getSpendOperation = define({
  id: 'getSpend',
  method: 'GET',
  path: '/api/v1/spend',
  summary: 'What some days cost, by day, agent, model, member, API key and workspace',
  scopes: ['spend:read'],
  query: SpendInput,
  responses: { 200: { description: 'Where the money went', schema: Spend } },
});

export const listLedgerOperation = define({
  id: 'listLedger',
  method: 'GET',
  path: '/api/v1/ledger',
  summary: 'List what became of each model call, newest first',
  scopes: ['spend:read'],
  query: ListLedgerInput,
  responses: { 200: { description: 'A page of the ledger', schema: pageOf(LedgerEntry) } },
});

export const listApprovalsOperation = define({
  id: 'listApprovals',
  method: 'GET',
  path: '/api/v1/approvals',
  summary: 'List what runs wait for people to decide: open ones longest waiting first, decided ones newest first',
  scopes: ['approvals:read'],
  query: ListApprovalsInput,
  responses: { 200: { description: 'A page of approvals', schema: pageOf(Approval) } },
});

export const getApprovalOperation = define({
  id: 'getApproval',
  method: 'GET',
  path: '/api/v1/approvals/{approvalId}',
  summary: 'Get an approval',
  scopes: ['approvals:read'],
  params: ApprovalRef,
  responses: { 200: { description: 'The approval', schema: Approval } },
});

export const decideApprovalOperation = define({
  id: 'decideApproval',
  method: 'POST',
  path: '/api/v1/approvals/{approvalId}/decision',
  summary: 'Answer a question; approve a tool call, with other arguments if need be; or deny. The first decision wins',
  scopes: ['approvals:read', 'approvals:answer'],
  params: ApprovalRef,
  body: Decision,
  responses: { 200: { description: 'The decided approval; the run goes on', schema: Approval } },
});

export const OPERATIONS: readonly Operation[] = [
  listAgentsOperation,
  createAgentOperation,
  getAgentOperation,
  getPublicLinkOperation,
  makePublicLinkOperation,
  changePublicLinkOperation,
  exportAgentsOperation,
  importAgentsOperation,
  listPartialsOperation,
  createPartialOperation,
  getPartialOperation,
  changePartialOperation,
  deletePartialOperation,
  startRunOperation,
  listRunsOperation,
  getRunOperation,
  watchRunOperation,
  cancelRunOperation,
  retryRunOperation,
  rerunRunOperation,
  forkRunOperation,
  listModelsOperation,
  setModelTermsOperation,
  getProviderHealthOperation,
  listBudgetsOperation,
  getSpendOperation,
  listLedgerOperation,
  listApprovalsOperation,
  getApprovalOperation,
  decideApprovalOperation,
];
