import type { PageOf } from '@/lib/contracts/paging';
import { Invalid } from './errors';

/**
 * Cuts `limit + 1` fetched rows to a page; the cursor is made of the last row of the page.
 * One row too many tells that there is a next page without counting.
 */
export function toPage<T>(rows: T[], limit: number, cursorOf: (row: T) => string): PageOf<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? cursorOf(last) : null };
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A cursor that is the id of the last row. @throws Invalid when it is none of ours. */
export function idCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined || UUID.test(cursor)) return cursor;
  throw new Invalid('The cursor is not one of ours: pass `nextCursor` of the page before, unchanged.', {
    fields: { cursor: 'not a cursor' },
  });
}

/** A cursor that is the name of the last row. @throws Invalid when it is none of ours. */
export function nameCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined || /^\w{1,63}$/.test(cursor)) return cursor;
  throw new Invalid('The cursor is not one of ours: pass `nextCursor` of the page before, unchanged.', {
    fields: { cursor: 'not a cursor' },
  });
}

/** A cursor of a time and an id, for lists ordered by a time that changes. @throws Invalid when it is none of ours. */
export function timeCursor(cursor: string | undefined): { time: Date; id: string } | undefined {
  if (cursor === undefined) return undefined;
  const [millis, id] = cursor.split('_');
  if (/^\d{1,15}$/.test(millis ?? '') && id && UUID.test(id)) return { time: new Date(Number(millis)), id };
  throw new Invalid('The cursor is not one of ours: pass `nextCursor` of the page before, unchanged.', {
    fields: { cursor: 'not a cursor' },
  });
}
export const formatTimeCursor = (time: Date, id: string): string => `${time.getTime()}_${id}`;

/** Text to find anywhere, for LIKE: its own wildcards mean themselves. */
export const likeAnywhere = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
