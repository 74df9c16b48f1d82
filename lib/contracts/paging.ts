import { z } from 'zod';
import { text } from './text';

/** Input of every list: an opaque cursor from the page before, and how many rows. */
export const Page = z.object({
  cursor: z.string().max(200).optional().describe('`nextCursor` of the page before'),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
export type Page = z.infer<typeof Page>;

/** Characters of what a list is narrowed by. */
export const MAX_QUERY = 200;
export const Query = text(MAX_QUERY).default('');

/** Output of every list. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });
export type PageOf<T> = { items: T[]; nextCursor: string | null };

/** A version, revision or place in an order. Postgres counts a little further, so that adding to it is safe. */
export const Ordinal = z.number().int().min(1).max(2_000_000_000);

export const Id = z.uuid('Not an id: ids look like 0190a5c0-7e1a-7c3b-9d2e-4f5a6b7c8d9e.');
