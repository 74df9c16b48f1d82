import { z } from 'zod';
import { Id, Ordinal, Page, Query } from './paging';
import { text } from './text';

/** Pages of the screen beside those of partials. */
const PAGES = ['new'];

/** How instructions name it: `{{> tone_of_voice}}`. */
export const PartialName = text(63)
  .regex(/^[a-z][a-z0-9_]*$/, 'Lower case letters, digits and _, beginning with a letter.')
  .refine((value) => !PAGES.includes(value), 'This name is taken by a page.');
export type PartialName = z.infer<typeof PartialName>;

export const MAX_PARTIAL_LENGTH = 20_000;
const PartialText = text(MAX_PARTIAL_LENGTH).describe('May have {{variables}} of the agent and include other partials');

/** Texts by name, as something frozen or exported carries them. */
export const PartialTexts = z.record(PartialName, PartialText);
export type PartialTexts = z.infer<typeof PartialTexts>;

const content = { description: text(200).default(''), text: PartialText };

export const PartialRef = z.object({ name: PartialName });
export type PartialRef = z.infer<typeof PartialRef>;

export const CreatePartialInput = z.object({ name: PartialName, ...content });
export type CreatePartialInput = z.infer<typeof CreatePartialInput>;

/** `revision` is the one it was edited from: an older one is a CONFLICT and changes nothing. */
export const ChangePartialInput = z.object({
  name: PartialName,
  revision: Ordinal,
  newName: PartialName.optional().describe('Another name: drafts and partials that include it are changed with it'),
  ...content,
});
export type ChangePartialInput = z.infer<typeof ChangePartialInput>;

export const ListPartialsInput = Page.extend({ query: Query });
export type ListPartialsInput = z.infer<typeof ListPartialsInput>;

/** What instructions can include. */
export const OfferedPartial = z.object({ name: z.string(), description: z.string() });
export type OfferedPartial = z.infer<typeof OfferedPartial>;

/** A row of the list: no text. */
export const PartialSummary = OfferedPartial.extend({
  id: Id,
  length: z.number().describe('Characters'),
  updatedAt: z.date(),
  updatedByName: z.string().nullable(),
});
export type PartialSummary = z.infer<typeof PartialSummary>;

/** A text of the organization that instructions of several agents include. */
export const PromptPartial = PartialSummary.extend({
  text: z.string(),
  includes: z.array(z.string()).describe('The partials that its text includes'),
  includedBy: z.array(z.string()).describe('The partials whose text includes it'),
  revision: z.number(),
  createdAt: z.date(),
});
export type PromptPartial = z.infer<typeof PromptPartial>;

export const ListPartialUsesInput = Page.extend({ name: PartialName });
export type ListPartialUsesInput = z.infer<typeof ListPartialUsesInput>;

/** An agent that has a partial, itself or by way of another partial. */
export const PartialUse = z.object({
  agentId: Id,
  agentName: z.string(),
  inDraft: z.boolean(),
  publishedVersion: z.number().nullable().describe('The published version, where it has the partial'),
  isOlder: z.boolean().describe('What is published has another text than the partial has now'),
});
export type PartialUse = z.infer<typeof PartialUse>;
