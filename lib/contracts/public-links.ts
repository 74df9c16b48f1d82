import { z } from 'zod';
import { VariableType } from './agent-variables';
import { AgentRef } from './agents';
import { Id } from './paging';
import { RunInput } from './runs';
import { text } from './text';

/** An agent for anybody who has the address: what its people set, and what its visitors are told. */

const LAST_DAY = new Date('9999-12-31T00:00:00Z');
const perHour = (what: string) =>
  z
    .number()
    .int('A whole number.')
    .min(1, 'At least 1. Turn the link off to let nobody in.')
    .max(100_000, 'At most 100,000.')
    .nullable()
    .describe(`${what} in any hour, of all visitors together; null: as many as its rate limits let through`);

/** What holds visitors back. */
export const PublicLinkLimits = z.object({
  expiresAt: z.coerce.date().max(LAST_DAY, 'Choose a date before the year 10000.').nullable().describe('null: never'),
  dailyLimitMicros: z
    .number()
    .int()
    .min(0, 'A limit is 0 or more.')
    .max(1e15, 'At most a billion dollars.')
    .nullable()
    .describe('Micro-dollars that its visitors may spend each day (UTC), kept as a budget; null: no limit of its own'),
  conversationsPerHour: perHour('New conversations'),
  messagesPerHour: perHour('Messages'),
});
const { expiresAt, dailyLimitMicros, conversationsPerHour, messagesPerHour } = PublicLinkLimits.shape;

export const PublicLink = PublicLinkLimits.extend({
  id: Id,
  agentId: Id,
  hint: z.string().describe('The end of its address'),
  enabled: z.boolean(),
  isOpen: z.boolean().describe('Whether its address opens anything now'),
  createdAt: z.date(),
  createdByName: z.string().nullable(),
  conversations: z.number().int(),
  messages: z.number().int(),
  lastUsedAt: z.date().nullable(),
  expiresAt: z.date().nullable(),
});
export type PublicLink = z.infer<typeof PublicLink>;

/** The only answer that ever holds the address. */
export const MadePublicLink = PublicLink.extend({ url: z.string() });
export type MadePublicLink = z.infer<typeof MadePublicLink>;

/** Left out: as with the link before, or without a limit. */
export const MakePublicLinkInput = AgentRef.extend({
  expiresAt: expiresAt.optional(),
  dailyLimitMicros: dailyLimitMicros.optional(),
  conversationsPerHour: conversationsPerHour.optional(),
  messagesPerHour: messagesPerHour.optional(),
});
export type MakePublicLinkInput = z.infer<typeof MakePublicLinkInput>;

export const ChangePublicLinkInput = MakePublicLinkInput.extend({ enabled: z.boolean().optional() });
export type ChangePublicLinkInput = z.infer<typeof ChangePublicLinkInput>;

/** What an address ends with: the organization's id and a secret of 192 bits. */
export const PublicLinkRef = z.object({ token: text(200) });

/** What a visitor sees of an agent. */
export const VisitedAgent = z.object({
  name: z.string(),
  description: z.string(),
  organization: z.string(),
  starterPrompts: z.array(z.string()),
  variables: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      type: VariableType.optional(),
      choices: z.array(z.string()).optional(),
      required: z.boolean(),
    }),
  ),
});
export type VisitedAgent = z.infer<typeof VisitedAgent>;

export const MAX_SAID = 20_000;
export const SayInput = z.object({
  input: RunInput.max(MAX_SAID, `At most ${MAX_SAID.toLocaleString('en')} characters.`),
  variables: z.record(z.string().max(40), text(2_000)).default({}),
  conversationId: Id.optional().describe('Go on with it; omitted, a new one begins'),
});
export type SayInput = z.infer<typeof SayInput>;

/** How far an answer is. `waiting`: for a person of the organization. */
export const AnswerStatus = z.enum(['working', 'waiting', 'answered', 'failed', 'stopped']);
export type AnswerStatus = z.infer<typeof AnswerStatus>;

/** Why there is no answer, as far as a visitor has to know. */
export const AnswerProblem = z.enum(['refused', 'exhausted', 'broken']);
export type AnswerProblem = z.infer<typeof AnswerProblem>;

const answer = {
  status: AnswerStatus,
  answer: z.string().nullable(),
  problem: AnswerProblem.nullable(),
};
export const VisitorTurn = z.object({ runId: Id, input: z.string(), ...answer });
export type VisitorTurn = z.infer<typeof VisitorTurn>;

export const Said = z.object({ runId: Id, conversationId: Id });
export type Said = z.infer<typeof Said>;

export const VisitorConversationRef = z.object({ conversationId: Id });
export const VisitorConversation = z.object({ id: Id, title: z.string(), createdAt: z.date() });
export type VisitorConversation = z.infer<typeof VisitorConversation>;

/** What a visitor is told of an answer under way. `text` belongs at `offset` of what step `seq` says. */
export const VisitorEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('state'), ...answer }),
  z.object({ type: z.literal('text'), seq: z.number().int(), offset: z.number().int(), delta: z.string() }),
  z.object({ type: z.literal('end') }),
]);
export type VisitorEvent = z.infer<typeof VisitorEvent>;
