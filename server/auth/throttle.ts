import { createHash } from 'node:crypto';
import { eq, lt, sql } from 'drizzle-orm';
import ipaddr from 'ipaddr.js';
import { throttles } from '@/db/schema/accounts';
import { asSystem, type TenantContext } from '../context';

/** Inside of a transaction: the table belongs to no tenant. */
type Db = TenantContext['db'];

/** How often something may be tried, and how much slower it gets after that. */
export interface Pace {
  /** This many tries, then the first pause. At least 2. */
  free: number;
  /** Doubles with each try after it. */
  firstPauseSeconds: number;
  maxPauseSeconds: number;
  /** After this long without a try, everything is forgotten. */
  forgetSeconds: number;
}

/** What is counted, under a name that tells nobody's address. */
export const throttleKey = (what: string, whose: string): string =>
  `${what}:${createHash('sha256').update(whose.toLowerCase()).digest('base64url')}`;

/** An IPv6 network hands its users 2^64 addresses each: they count as one. */
export const networkOf = (ip: string | null): string => {
  if (!ip || !ipaddr.isValid(ip)) return 'unknown';
  const address = ipaddr.process(ip);
  return address instanceof ipaddr.IPv6 ? address.toByteArray().slice(0, 8).join('.') : address.toString();
};

/**
 * Counts a try before it is made, in one statement: however many ask at the same moment, in however many processes, no
 * more get through than the pace allows. What is refused counts nothing, so that nobody is kept out longer by it.
 * @returns 0 when it may be made now, else for how many seconds it may not.
 */
export async function takeTry(
  db: Db,
  key: string,
  { free, firstPauseSeconds, maxPauseSeconds, forgetSeconds }: Pace,
): Promise<number> {
  const isForgotten = sql`t.updated_at < now() - make_interval(secs => ${forgetSeconds})`;
  const doublings = sql`least(t.tries + 1 - ${free}::int, 20)`;
  const pause = sql`least(${maxPauseSeconds}::int, ${firstPauseSeconds}::int * power(2, ${doublings}))`;
  const taken = await db.execute(sql`
    insert into system.throttles as t (key, tries) values (${key}, 1)
    on conflict (key) do update set
      tries = case when ${isForgotten} then 1 else t.tries + 1 end,
      blocked_until = case when not ${isForgotten} and t.tries + 1 >= ${free}::int
        then now() + make_interval(secs => ${pause}) end,
      updated_at = now()
    where t.blocked_until is null or t.blocked_until <= now()
    returning key`);
  if (taken.length > 0) return 0;
  const [row] = await db.execute<{ wait: number }>(sql`
    select greatest(1, ceil(extract(epoch from blocked_until - now())))::int as wait
    from system.throttles where key = ${key}`);
  return row?.wait ?? 1;
}

/** What was tried went well: nothing is held against it any more. */
export async function forgetTries(db: Db, key: string): Promise<void> {
  await db.delete(throttles).where(eq(throttles.key, key));
}

/** One of many who are counted together succeeded: their try is taken back, those of the others stay. */
export async function giveBackTry(db: Db, key: string): Promise<void> {
  await db
    .update(throttles)
    .set({ tries: sql`greatest(${throttles.tries} - 1, 0)`, blockedUntil: null })
    .where(eq(throttles.key, key));
}

/** Nothing is paused for as long as a day. @returns how many. */
export const pruneThrottles = (): Promise<number> =>
  asSystem(async (db) => {
    const rows = await db
      .delete(throttles)
      .where(lt(throttles.updatedAt, sql`now() - interval '2 days'`))
      .returning({ key: throttles.key });
    return rows.length;
  });
