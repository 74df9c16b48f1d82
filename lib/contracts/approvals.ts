import { z } from 'zod';
import { StorableJson } from './json';
import { Id, Page } from './paging';
import { text } from './text';

/** `question`: an answer is wanted. `tool`: a call that runs only when a person approves it. */
export const ApprovalKind = z.enum(['question', 'tool']);
export type ApprovalKind = z.infer<typeof ApprovalKind>;

export const ApprovalStatus = z.enum(['open', 'answered', 'approved', 'denied', 'expired', 'cancelled']);
export type ApprovalStatus = z.infer<typeof ApprovalStatus>;

/** Who decides when not everybody with `approvals:answer`; roles are these and higher ones. */
export const Decider = z.discriminatedUnion('type', [
  z.object({ type: z.literal('role'), role: z.enum(['org_owner', 'org_admin']) }),
  z.object({ type: z.literal('member'), userId: Id }),
]);
export type Decider = z.infer<typeof Decider>;

export const ApprovalMode = z.enum(['auto', 'ask', 'deny']);
export type ApprovalMode = z.infer<typeof ApprovalMode>;

/** When a tool of an agent may be used. */
export const ApprovalRule = z.object({
  mode: ApprovalMode.default('auto').describe('`ask`: a person approves each call; `deny`: no call is run'),
  deadlineSeconds: z
    .number()
    .int()
    .min(1)
    .max(31_536_000)
    .optional()
    .describe('Denied when nobody decided by then; omitted, 24 hours, for questions 7 days'),
  decider: Decider.optional(),
  notByStarter: z.boolean().default(false).describe('Whoever started the run does not decide'),
});
export type ApprovalRule = z.infer<typeof ApprovalRule>;

/** How long people have when the rule does not say. */
export const DEFAULT_DEADLINE_SECONDS: Record<ApprovalKind, number> = { tool: 86_400, question: 7 * 86_400 };

/** Something a run waits for a person to decide, with what is needed to decide it. */
export const Approval = z.object({
  id: Id,
  runId: Id,
  agentId: Id,
  agentName: z.string(),
  stepKey: z.string(),
  kind: ApprovalKind,
  tool: z.string(),
  toolDescription: z.string(),
  question: z.string().nullable().describe('null for a tool'),
  proposed: StorableJson.describe('The arguments as the model gave them'),
  edited: StorableJson.nullable().describe('The arguments a person approved instead'),
  said: z.string().nullable().describe('What the model said with the call'),
  isTainted: z.boolean().describe('Asked because the run has read text from outside, which may be behind the call'),
  taintedBy: z
    .array(z.string())
    .describe('The tools that brought such text into the run; empty when it came with an earlier message'),
  runInput: z.string().describe('Beginning of what the run was asked'),
  startedByName: z.string().nullable(),
  step: z.number().int().describe('Which model call of the run asks, from 1'),
  costMicros: z.number().int().describe('What the run has cost so far, in micro-dollars'),
  status: ApprovalStatus,
  answer: z.string().nullable(),
  reason: z.string().nullable().describe('Why it was denied'),
  decider: Decider.nullable(),
  notByStarter: z.boolean(),
  mayDecide: z.boolean().describe('Whoever asks may decide it now'),
  decidedByName: z.string().nullable(),
  decidedAt: z.date().nullable(),
  createdAt: z.date(),
  expiresAt: z.date(),
});
export type Approval = z.infer<typeof Approval>;

export const MAX_ANSWER = 20_000;
export const MAX_REASON = 2_000;

export const Decision = z.discriminatedUnion('type', [
  z.object({ type: z.literal('answer'), answer: text(MAX_ANSWER).regex(/\S/, 'Write an answer.') }),
  z.object({
    type: z.literal('approve'),
    arguments: StorableJson.optional().describe('Run with these instead of the proposed ones'),
  }),
  z.object({ type: z.literal('deny'), reason: text(MAX_REASON).default('') }),
]);
export type Decision = z.infer<typeof Decision>;

export const ApprovalRef = z.object({ approvalId: Id });
export type ApprovalRef = z.infer<typeof ApprovalRef>;

export const DecideApprovalInput = ApprovalRef.extend({ decision: Decision });
export type DecideApprovalInput = z.infer<typeof DecideApprovalInput>;

/** Open ones longest waiting first, so that nothing moves when another arrives; decided ones newest first. */
export const ListApprovalsInput = Page.extend({
  state: z.enum(['open', 'decided']).default('open'),
  agentId: Id.optional(),
});
export type ListApprovalsInput = z.infer<typeof ListApprovalsInput>;
