import { z } from 'zod';
import { AgentDetails, FrozenSpec } from './agents';
import { Id, Ordinal } from './paging';
import { text } from './text';

/** An agent as a file: what it is, by names only, so that any organization can read it (docs/agents.md). */
export const AgentDocument = z.object({
  apiVersion: z.literal('muster/v1', { error: 'Write apiVersion: muster/v1.' }),
  kind: z.literal('Agent', { error: 'Write kind: Agent. Only agents are read from a file.' }),
  metadata: AgentDetails,
  spec: FrozenSpec,
});
export type AgentDocument = z.infer<typeof AgentDocument>;

export const MAX_DOCUMENTS = 100;

export const ExportAgentsInput = z.object({
  agentIds: z.array(Id).min(1).max(MAX_DOCUMENTS),
  version: z
    .union([z.literal(['draft', 'published']), Ordinal])
    .default('draft')
    .describe('The draft, what is published, or a version by its number'),
});
export type ExportAgentsInput = z.infer<typeof ExportAgentsInput>;

export const ImportAgentsInput = z.object({
  document: text(1_000_000).min(1, 'Paste a document, or choose a file.').describe('YAML; several agents apart by ---'),
  onSameName: z
    .enum(['create', 'update'])
    .default('create')
    .describe('What to do with an agent that has the name of one that is there: make another, or change its draft'),
  workspaceId: Id.optional().describe("The organization's first workspace when omitted"),
  dryRun: z.boolean().default(false).describe('Only tell what would be done'),
});
export type ImportAgentsInput = z.infer<typeof ImportAgentsInput>;

/** Something wrong in a file. */
export const DocumentProblem = z.object({
  line: z.number().describe('From 1'),
  field: z.string().describe('spec.limits.maxSteps; empty for the whole'),
  message: z.string().describe('What is wrong, and what to write'),
});
export type DocumentProblem = z.infer<typeof DocumentProblem>;

/** Something an agent names that is not in this organization. The draft is made all the same. */
export const MissingPart = z.object({
  what: z.enum(['tool', 'connector', 'model', 'partial']),
  name: z.string(),
  todo: z.string(),
});
export type MissingPart = z.infer<typeof MissingPart>;

/** A partial that an agent brings with it. One that is here already is never changed. */
export const ImportedPartial = z.object({
  name: z.string(),
  action: z
    .enum(['create', 'unchanged', 'kept'])
    .describe('kept: one of this name has another text here, which counts'),
});
export type ImportedPartial = z.infer<typeof ImportedPartial>;

export const ImportedAgent = z.object({
  line: z.number().describe('Where its document begins'),
  name: z.string(),
  action: z
    .enum(['create', 'update', 'unchanged', 'refused'])
    .describe('unchanged: the draft is the same already; refused: its problems tell why'),
  agentId: Id.nullable(),
  problems: z.array(DocumentProblem),
  missing: z.array(MissingPart),
  partials: z.array(ImportedPartial),
});
export type ImportedAgent = z.infer<typeof ImportedAgent>;

export const ImportReport = z.object({ items: z.array(ImportedAgent), written: z.boolean() });
export type ImportReport = z.infer<typeof ImportReport>;
