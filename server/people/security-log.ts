import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { newId } from '@/db/columns';
import { securityEvents } from '@/db/schema/accounts';
import type { Page, PageOf } from '@/lib/contracts/paging';
import type { SecurityEvent, SecurityEventKind } from '@/lib/contracts/people';
import { asSystem, type RequestInfo } from '../context';
import { idCursor, toPage } from '../paging';
import type { Db } from './queries';

interface Happened {
  kind: SecurityEventKind;
  detail?: string;
  request: RequestInfo | null;
}

/** @returns its id. */
export async function insertSecurityEvent(
  db: Db,
  userId: string,
  { kind, detail, request }: Happened,
): Promise<string> {
  const id = newId();
  await db
    .insert(securityEvents)
    .values({ id, userId, kind, detail, ip: request?.ip ?? null, userAgent: request?.userAgent ?? null });
  return id;
}

/** As `insertSecurityEvent`, in one statement whether the address has an account or not. @returns its id, if it has. */
export async function insertSecurityEventByEmail(db: Db, email: string, { kind, request }: Happened) {
  const id = newId();
  const rows = await db.execute(sql`
    insert into system.security_events (id, user_id, kind, ip, user_agent)
    select ${id}, id, ${kind}, ${request?.ip ?? null}, ${request?.userAgent ?? null} from users
    where email = ${email.toLowerCase()} and disabled_at is null
    returning id`);
  return rows.length > 0 ? id : undefined;
}

export async function updateSecurityEvent(db: Db, id: string, kind: SecurityEventKind): Promise<void> {
  await db.update(securityEvents).set({ kind }).where(eq(securityEvents.id, id));
}

/** Newest first. */
export const selectSecurityEvents = (userId: string, { cursor, limit }: Page): Promise<PageOf<SecurityEvent>> =>
  asSystem(async (db) => {
    const before = idCursor(cursor);
    const rows = await db
      .select({
        id: securityEvents.id,
        kind: sql<SecurityEventKind>`${securityEvents.kind}`,
        detail: securityEvents.detail,
        ip: securityEvents.ip,
        userAgent: securityEvents.userAgent,
        createdAt: securityEvents.createdAt,
      })
      .from(securityEvents)
      .where(and(eq(securityEvents.userId, userId), before ? lt(securityEvents.id, before) : undefined))
      .orderBy(desc(securityEvents.id))
      .limit(limit + 1);
    return toPage(rows, limit, (row) => row.id);
  });
