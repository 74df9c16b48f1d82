import { and, arrayContains, count, eq, ilike, or, sql } from 'drizzle-orm';
import { agents } from '@/db/schema/agents';
import { partials } from '@/db/schema/partials';
import { users } from '@/db/schema/users';
import type {
  ChangePartialInput,
  CreatePartialInput,
  ListPartialsInput,
  ListPartialUsesInput,
  OfferedPartial,
  PartialSummary,
  PartialTexts,
  PartialUse,
  PromptPartial,
} from '@/lib/contracts/partials';
import { includedNames } from '@/lib/partials';
import type { TenantContext } from '../context';
import { NotFound } from '../errors';
import { idCursor, likeAnywhere, nameCursor, toPage } from '../paging';

const summary = {
  id: partials.id,
  name: partials.name,
  description: partials.description,
  length: sql<number>`length(${partials.text})`,
  updatedAt: partials.updatedAt,
  updatedByName: users.name,
};

const own = (ctx: TenantContext) => eq(partials.orgId, ctx.org.id);
const named = (ctx: TenantContext, name: string) => and(own(ctx), eq(partials.name, name));

/** In the order of names. */
export async function selectPartials(ctx: TenantContext, { query, cursor, limit }: ListPartialsInput) {
  const after = nameCursor(cursor);
  const pattern = likeAnywhere(query.trim());
  const rows: PartialSummary[] = await ctx.db
    .select(summary)
    .from(partials)
    .leftJoin(users, eq(users.id, partials.updatedBy))
    .where(
      and(
        own(ctx),
        after === undefined ? undefined : sql`${partials.name} collate "C" > ${after}`,
        query.trim() ? or(ilike(partials.name, pattern), ilike(partials.description, pattern)) : undefined,
      ),
    )
    .orderBy(sql`${partials.name} collate "C"`)
    .limit(limit + 1);
  return toPage(rows, limit, ({ name }) => name);
}

export const selectOffered = (ctx: TenantContext): Promise<OfferedPartial[]> =>
  ctx.db
    .select({ name: partials.name, description: partials.description })
    .from(partials)
    .where(own(ctx))
    .orderBy(sql`${partials.name} collate "C"`);

/** @throws NotFound */
export async function getPartial(ctx: TenantContext, name: string): Promise<PromptPartial> {
  const [row] = await ctx.db
    .select({
      ...summary,
      text: partials.text,
      includes: partials.includes,
      revision: partials.revision,
      createdAt: partials.createdAt,
    })
    .from(partials)
    .leftJoin(users, eq(users.id, partials.updatedBy))
    .where(named(ctx, name));
  if (!row) throw new NotFound('partial');
  return { ...row, includedBy: await selectIncluding(ctx, name) };
}

/** The partials whose own text includes one. */
export async function selectIncluding(ctx: TenantContext, name: string): Promise<string[]> {
  const rows = await ctx.db
    .select({ name: partials.name })
    .from(partials)
    .where(and(own(ctx), arrayContains(partials.includes, [name])))
    .orderBy(sql`${partials.name} collate "C"`);
  return rows.map((row) => row.name);
}

/** Partials with the names each includes. */
export const selectGraph = (ctx: TenantContext): Promise<{ name: string; includes: string[] }[]> =>
  ctx.db.select({ name: partials.name, includes: partials.includes }).from(partials).where(own(ctx));

/** One level more than may be, so that too deep is told from unknown. */
const LEVELS = 6;

/** The texts of these, and of all that they include; what is not there is left out. */
export async function selectTexts(ctx: TenantContext, names: readonly string[]): Promise<PartialTexts> {
  const rows = await ctx.sql<{ name: string; text: string }[]>`
    with recursive used as (
      select name, includes, 1 as level from partials
      where org_id = ${ctx.org.id} and name = any(${[...names]}::text[])
      union
      select p.name, p.includes, used.level + 1
      from used join partials p on p.org_id = ${ctx.org.id} and p.name = any(used.includes)
      where used.level < ${LEVELS}
    )
    select name, text from partials where org_id = ${ctx.org.id} and name in (select name from used)`;
  return Object.fromEntries(rows.map(({ name, text }) => [name, text]));
}

/** Until the transaction ends, nobody else changes partials: two at once could close a circle. */
export const lockPartials = (ctx: TenantContext): Promise<unknown> =>
  ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended('partials of ' || ${ctx.org.id}, 0))`);

export async function countPartials(ctx: TenantContext): Promise<number> {
  const [row] = await ctx.db.select({ many: count() }).from(partials).where(own(ctx));
  return row?.many ?? 0;
}

/** False when the name is taken. */
export async function insertPartial(ctx: TenantContext, input: CreatePartialInput): Promise<boolean> {
  const by = { createdBy: ctx.actor.id, updatedBy: ctx.actor.id };
  const rows = await ctx.db
    .insert(partials)
    .values({ orgId: ctx.org.id, ...input, includes: includedNames(input.text), ...by })
    .onConflictDoNothing()
    .returning({ id: partials.id });
  return rows.length > 0;
}

/** False when it has moved on since `revision`. */
export async function updatePartial(
  ctx: TenantContext,
  { name, revision, newName = name, description, text }: ChangePartialInput,
): Promise<boolean> {
  const rows = await ctx.db
    .update(partials)
    .set({
      ...{ name: newName, description, text, includes: includedNames(text), revision: revision + 1 },
      ...{ updatedBy: ctx.actor.id, updatedAt: sql`now()` },
    })
    .where(and(named(ctx, name), eq(partials.revision, revision)))
    .returning({ id: partials.id });
  return rows.length > 0;
}

export async function deletePartial(ctx: TenantContext, name: string): Promise<string | undefined> {
  const [row] = await ctx.db.delete(partials).where(named(ctx, name)).returning({ id: partials.id });
  return row?.id;
}

/** What includes one of these, as a regular expression; they are letters, digits and _. */
const includePattern = (names: readonly string[]): string => `\\{\\{>\\s*(${names.join('|')})\\s*\\}\\}`;

const instructions = sql`${agents.draft}->>'instructions'`;

/** Agents in use whose drafts include one itself, by name; at most `limit`. */
export async function selectDraftsWith(ctx: TenantContext, name: string, limit: number): Promise<string[]> {
  const rows = await ctx.db
    .select({ name: agents.name })
    .from(agents)
    .where(
      and(
        eq(agents.orgId, ctx.org.id),
        sql`${agents.status} <> 'archived'`,
        sql`${instructions} ~ ${includePattern([name])}`,
      ),
    )
    .orderBy(agents.name, agents.id)
    .limit(limit);
  return rows.map((row) => row.name);
}

/** Agents in use that have a partial: in the draft by one of `names`, or in what is published under its own. */
export async function selectUses(
  ctx: TenantContext,
  { name, cursor, limit }: ListPartialUsesInput,
  names: readonly string[],
) {
  const after = idCursor(cursor);
  const rows = await ctx.sql<PartialUse[]>`
    select a.id as "agentId", a.name as "agentName", in_draft as "inDraft",
      case when v.spec->'partials' ? ${name}::text then v.version end as "publishedVersion",
      coalesce(v.spec->'partials'->>${name}::text <> p.text, false) as "isOlder"
    from agents a
      join partials p on p.org_id = a.org_id and p.name = ${name}
      left join agent_versions v on v.org_id = a.org_id and v.agent_id = a.id and v.version = a.published_version,
      lateral (select a.draft->>'instructions' ~ ${includePattern(names)} as in_draft) draft
    where a.org_id = ${ctx.org.id} and a.status <> 'archived' and (in_draft or v.spec->'partials' ? ${name}::text)
      and (${after ?? null}::uuid is null or a.id > ${after ?? null}::uuid)
    order by a.id limit ${limit + 1}`;
  return toPage([...rows], limit, ({ agentId }) => agentId);
}

/** Gives what includes `from` the name `to` instead: drafts, archived ones too, and partials. */
export async function replaceIncludes(ctx: TenantContext, from: string, to: string) {
  const pattern = includePattern([from]);
  const include = `{{> ${to}}}`;
  const drafts = await ctx.db
    .update(agents)
    .set({
      draft: sql`jsonb_set(${agents.draft}, '{instructions}',
        to_jsonb(regexp_replace(${instructions}, ${pattern}, ${include}, 'g')))`,
      draftRevision: sql`${agents.draftRevision} + 1`,
    })
    .where(and(eq(agents.orgId, ctx.org.id), sql`${instructions} ~ ${pattern}`))
    .returning({ length: sql<number>`length(${instructions})` });
  const texts = await ctx.db
    .update(partials)
    .set({
      text: sql`regexp_replace(${partials.text}, ${pattern}, ${include}, 'g')`,
      includes: sql`array_replace(${partials.includes}, ${from}, ${to})`,
      revision: sql`${partials.revision} + 1`,
    })
    .where(and(own(ctx), arrayContains(partials.includes, [from])))
    .returning({ name: partials.name, length: sql<number>`length(${partials.text})` });
  return { drafts: drafts.map(({ length }) => length), texts };
}
