import { z } from 'zod';
import { Page } from './paging';
import { text } from './text';

/** A mail as it is written once: text and HTML are made of it, and the local mailbox shows it. */
export const MailMessage = z.object({
  to: z.email().max(254),
  subject: z.string().max(200),
  /** Plain text, one entry a paragraph. */
  paragraphs: z.array(z.string().max(4000)).min(1),
  /** The one thing to do about it. The address is absolute. */
  action: z.object({ label: z.string(), url: z.url() }).optional(),
  /** Small print: why this came, what to do when nobody asked for it. */
  footnote: z.string().optional(),
});
export type MailMessage = z.infer<typeof MailMessage>;

export const ListMailInput = Page.extend({ to: text(254).default('').describe('Part of the address it went to') });
export type ListMailInput = z.infer<typeof ListMailInput>;
export const Mail = z.object({ id: z.uuid(), message: MailMessage, createdAt: z.date() });
export type Mail = z.infer<typeof Mail>;
