import { z } from 'zod';
import { CheckableSchema } from './json-schema';
import { name, text } from './text';
import { ToolName } from './tools';

export const PII_KINDS = ['email', 'phone', 'credit_card', 'iban', 'ip_address', 'us_ssn'] as const;
export const PiiKind = z.enum(PII_KINDS);
export type PiiKind = z.infer<typeof PiiKind>;

/** What they are called; never what was found. */
export const PII_LABELS: Record<PiiKind, [one: string, more: string]> = {
  email: ['e-mail address', 'e-mail addresses'],
  phone: ['phone number', 'phone numbers'],
  credit_card: ['card number', 'card numbers'],
  iban: ['bank account number', 'bank account numbers'],
  ip_address: ['IP address', 'IP addresses'],
  us_ssn: ['social security number', 'social security numbers'],
};

/** What becomes of a text in which something was found: it goes on without it, or the run ends. */
export const GuardAction = z.enum(['redact', 'block']);
export type GuardAction = z.infer<typeof GuardAction>;

const LengthGuard = z.object({
  type: z.literal('length'),
  max: z.number().int().min(1).max(1_000_000).default(20_000).describe('Characters'),
});

const PiiGuard = z.object({
  type: z.literal('pii'),
  kinds: z
    .array(PiiKind)
    .min(1, 'Choose at least one kind.')
    .max(PII_KINDS.length)
    .default([...PII_KINDS]),
  action: GuardAction.default('redact'),
  region: z
    .string()
    .regex(/^[A-Z]{2}$/, 'Two capital letters, for example US or DE.')
    .default('US')
    .describe('Country of phone numbers without a country code'),
});

const BlockedTermsGuard = z.object({
  type: z.literal('blocked_terms'),
  terms: z.array(name(100)).min(1, 'Write at least one term.').max(500),
  action: GuardAction.default('block'),
});

const SchemaGuard = z.object({
  type: z.literal('schema'),
  schema: CheckableSchema.describe('JSON Schema that the text must fit when it is read as JSON'),
});

const ScorerGuard = z.object({
  type: z.literal('scorer'),
  name: name(60),
  code: text(20_000).min(1, 'Write the body of a function of `input` that returns a number from 0 to 1.'),
  least: z.number().min(0).max(1).default(0.5).describe('A text that scores less is blocked'),
});

/** A check on a text that goes into an agent or comes out of it. */
export const Guard = z.discriminatedUnion('type', [LengthGuard, PiiGuard, BlockedTermsGuard, SchemaGuard, ScorerGuard]);
export type Guard = z.infer<typeof Guard>;
export type GuardType = Guard['type'];

export const GUARD_LABELS: Record<GuardType, { label: string; does: string }> = {
  length: { label: 'Length', does: 'Blocks a text that is longer than so many characters.' },
  pii: {
    label: 'Personal data',
    does: 'Takes out, or blocks, e-mail addresses, phone numbers, card numbers and the like.',
  },
  blocked_terms: { label: 'Blocked terms', does: 'Blocks, or takes out, words and phrases of a list.' },
  schema: { label: 'JSON Schema', does: 'Blocks a text that is no JSON of this shape.' },
  scorer: { label: 'Custom scorer', does: 'Blocks a text to which a function of yours gives a low score.' },
};

export const Guardrails = z.object({
  input: z.array(Guard).max(20).default([]).describe('On what the agent is asked, variables included'),
  output: z
    .array(Guard)
    .max(20)
    .default([])
    .describe('On what the agent says; its answer is shown when they have passed'),
});
export type Guardrails = z.infer<typeof Guardrails>;

/** What a guard found; never what it found it in. */
export const GuardFinding = z.object({
  guard: z.string().describe('The type of the guard, or the name of a scorer'),
  action: z.enum(['redacted', 'blocked']),
  detail: z.string().describe('2 e-mail addresses'),
});
export type GuardFinding = z.infer<typeof GuardFinding>;

/** Runs guards on a text as an agent would. */
export const TryGuardsInput = z.object({ guards: z.array(Guard).max(20), text: text(200_000) });
export type TryGuardsInput = z.infer<typeof TryGuardsInput>;

export const TriedGuards = z.object({
  text: z.string().describe('What is left of it'),
  findings: z.array(GuardFinding),
  blocked: z.string().nullable().describe('Why it may not go on'),
});
export type TriedGuards = z.infer<typeof TriedGuards>;

const Host = text(253).regex(
  /^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
  'A host name in lower case such as api.example.com, or *.example.com for all below it.',
);

/**
 * What a run may still do once it has read text that somebody outside may have written: such a text can tell a model what
 * to do, and where to send what it knows.
 */
export const TaintRule = z.object({
  mode: z
    .enum(['ask', 'deny', 'off'])
    .default('ask')
    .describe(
      '`ask`: tools that send data out or change something need approval; `deny`: they are refused; `off`: nothing is checked',
    ),
  hosts: z.array(Host).max(100).default([]).describe('Hosts that may be called all the same'),
  openLinks: z
    .boolean()
    .default(false)
    .describe('Addresses that were read may be opened as they are: whoever wrote them learns which ones were'),
  tools: z.array(ToolName).max(100).default([]).describe('Tools that may be used all the same'),
});
export type TaintRule = z.infer<typeof TaintRule>;
