import { z } from 'zod';
import { AgentOutput } from './agent-output';
import { AgentVariable } from './agent-variables';
import { ApprovalRule } from './approvals';
import { AgentConnectors } from './connectors';
import { Guardrails, TaintRule } from './guardrails';
import { StorableJson } from './json';
import { ModelParameters } from './models';
import { Id, Ordinal, Page, Query } from './paging';
import { PartialTexts } from './partials';
import { SpecModel } from './routing';
import { name, text } from './text';
import { ToolName } from './tools';

/** The newest shape of a spec; a document that names a higher one is refused. */
export const AGENT_SCHEMA_VERSION = 1;

export const MAX_INSTRUCTIONS_LENGTH = 50_000;

export const AgentLimits = z.object({
  maxSteps: z.number().int().min(1).max(200).default(20).describe('Model calls in one run'),
  maxSeconds: z.number().int().min(1).max(86_400).default(300).describe('Time at work, waits for a person apart'),
  maxCostMicros: z.number().int().min(0).max(1_000_000_000).default(1_000_000).describe('Micro-dollars in one run'),
});
export type AgentLimits = z.infer<typeof AgentLimits>;

/** A tool the agent is given; without a rule it is used as the model likes. */
export const AgentTool = z.object({
  name: ToolName,
  approval: ApprovalRule.optional(),
  settings: z
    .record(name(40), StorableJson)
    .optional()
    .describe('What this agent may do with the tool, as the tool says'),
});
export type AgentTool = z.infer<typeof AgentTool>;

/** What an agent is: one plain document. Publishing freezes it as a version. */
export const AgentSpec = z.object({
  schemaVersion: z.literal(AGENT_SCHEMA_VERSION, {
    error: (issue) =>
      typeof issue.input === 'number' && issue.input > AGENT_SCHEMA_VERSION
        ? `This spec is of a newer schema (${issue.input}); this server reads up to ${AGENT_SCHEMA_VERSION}. Update the server.`
        : `schemaVersion must be ${AGENT_SCHEMA_VERSION}.`,
  }),
  kind: z.enum(['chat', 'task']).default('chat'),
  instructions: text(MAX_INSTRUCTIONS_LENGTH)
    .default('')
    .describe('Template: {{name}} stands for a variable, {{> name}} for the text of a partial'),
  variables: z.array(AgentVariable).max(50).default([]),
  model: SpecModel,
  parameters: ModelParameters.prefault({}),
  tools: z.array(AgentTool).max(100).default([]),
  connectors: AgentConnectors.default([]),
  output: AgentOutput.optional().describe('The answer is JSON of this shape; text when omitted'),
  limits: AgentLimits.prefault({}),
  guardrails: Guardrails.prefault({}),
  taint: TaintRule.prefault({}),
  starterPrompts: z.array(text(500)).max(6).default([]),
});
export type AgentSpec = z.infer<typeof AgentSpec>;

/** A spec that no change elsewhere reaches any more: it carries the texts of the partials it includes. */
export const FrozenSpec = AgentSpec.extend({
  partials: PartialTexts.optional().describe('The partials it includes, by name, as they were when it was frozen'),
});
export type FrozenSpec = z.infer<typeof FrozenSpec>;

export const AgentStatus = z.enum(['draft', 'active', 'archived']);
export type AgentStatus = z.infer<typeof AgentStatus>;

/** Who finds an agent: its owner, everybody in its workspace, everybody in every workspace. */
export const AgentVisibility = z.enum(['private', 'workspace', 'organization']);
export type AgentVisibility = z.infer<typeof AgentVisibility>;

export const AgentTag = name(40);
const AgentTags = z.array(AgentTag).max(20);

/** What an agent is called and found by; beside its spec, and never frozen. */
export const AgentDetails = z.object({
  name: name(),
  description: text(500).default(''),
  tags: AgentTags.default([]),
});
const details = AgentDetails.shape;

export const AgentRef = z.object({ agentId: Id });
export type AgentRef = z.infer<typeof AgentRef>;

/** Who sees an agent, and whose it is. */
export const AgentAccess = z.object({
  visibility: AgentVisibility,
  owner: z.object({ id: Id, name: z.string().nullable() }).nullable().describe('null: a program made it'),
  mayChange: z.boolean().describe('Whoever asks is its owner, or may read private agents'),
  mayTakeOver: z.boolean(),
});
export type AgentAccess = z.infer<typeof AgentAccess>;

export const ChangeVisibilityInput = AgentRef.extend({ visibility: AgentVisibility });
export type ChangeVisibilityInput = z.infer<typeof ChangeVisibilityInput>;

export const CreateAgentInput = z.object({
  ...details,
  workspaceId: Id.optional().describe("The organization's first workspace when omitted"),
  spec: AgentSpec,
  publish: z.boolean().default(false).describe('Publish at once as version 1'),
});
export type CreateAgentInput = z.infer<typeof CreateAgentInput>;

/** Saves the draft. `revision` is the one it was edited from: an older one is a CONFLICT and changes nothing. */
export const SaveDraftInput = z.object({ agentId: Id, revision: Ordinal, ...details, spec: AgentSpec });
export type SaveDraftInput = z.infer<typeof SaveDraftInput>;

export const PublishAgentInput = z.object({
  agentId: Id,
  revision: Ordinal.describe('The draft revision that was reviewed'),
  partials: PartialTexts.optional().describe('The texts it includes that were reviewed: with others it is a CONFLICT'),
  note: text(500).default(''),
});
export type PublishAgentInput = z.infer<typeof PublishAgentInput>;

export const AgentVersionRef = z.object({ agentId: Id, version: Ordinal });
export type AgentVersionRef = z.infer<typeof AgentVersionRef>;

export const ListAgentsInput = Page.extend({
  query: Query,
  status: z.array(AgentStatus).max(10).default(['draft', 'active']),
  tags: z.array(AgentTag).max(20).optional().describe('Only agents that have all of them'),
  workspaceId: Id.optional(),
});
export type ListAgentsInput = z.infer<typeof ListAgentsInput>;

export const ListVersionsInput = Page.extend({ agentId: Id });
export type ListVersionsInput = z.infer<typeof ListVersionsInput>;

/** A row of the list: no spec. */
export const AgentSummary = z.object({
  id: Id,
  workspaceId: Id,
  name: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  status: AgentStatus,
  model: z.string(),
  publishedVersion: z.number().nullable(),
  visibility: AgentVisibility,
  hasPublicLink: z.boolean().describe('Anybody with its address may talk to it'),
  /** The draft, or a partial it includes, differs from what is published. */
  unpublishedChanges: z.boolean(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
export type AgentSummary = z.infer<typeof AgentSummary>;

/** An agent with its draft. */
export const Agent = AgentSummary.extend({
  draft: AgentSpec,
  draftRevision: z.number(),
  changedPartials: z.array(z.string()).describe('Partials whose text is another now than what is published has'),
});
export type Agent = z.infer<typeof Agent>;

export const AgentVersionSummary = z.object({
  version: z.number(),
  note: z.string(),
  contentHash: z.string(),
  createdBy: Id,
  createdByName: z.string().nullable(),
  createdAt: z.date(),
});
export type AgentVersionSummary = z.infer<typeof AgentVersionSummary>;

export const AgentVersion = AgentVersionSummary.extend({ spec: FrozenSpec });
export type AgentVersion = z.infer<typeof AgentVersion>;

/** How often a tag is used; archived agents do not count. */
export const TagCount = z.object({ tag: z.string(), count: z.number() });
export type TagCount = z.infer<typeof TagCount>;

export const RenameTagInput = z.object({ from: AgentTag, to: AgentTag });
export type RenameTagInput = z.infer<typeof RenameTagInput>;

/** The same thing done to several agents. */
export const BulkAgentsInput = z.object({
  agentIds: z.array(Id).min(1).max(100),
  action: z.discriminatedUnion('type', [
    z.object({ type: z.enum(['archive', 'restore']) }),
    z.object({ type: z.enum(['tag', 'untag']), tag: AgentTag }),
  ]),
});
export type BulkAgentsInput = z.infer<typeof BulkAgentsInput>;

/** What became of one of them. */
export const BulkOutcome = z.object({
  agentId: Id,
  outcome: z.enum(['done', 'unchanged', 'refused']),
  name: z.string().nullable(),
  reason: z.string().nullable().describe('Why it was refused'),
});
export type BulkOutcome = z.infer<typeof BulkOutcome>;

/** The spec a new agent starts from: works with no key. */
export const blankSpec = (model = 'sandbox/assistant'): AgentSpec =>
  AgentSpec.parse({
    schemaVersion: AGENT_SCHEMA_VERSION,
    instructions: 'You are a helpful assistant. Use your tools when they give a better answer than you can.',
    model,
    tools: [{ name: 'calculator' }, { name: 'current_time' }],
  });
