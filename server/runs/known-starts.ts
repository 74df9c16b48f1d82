import { LRUCache } from 'lru-cache';
import type { Row } from 'postgres';
import type { Statement } from '@/db/transaction';
import { resolveSpec } from '../agents/service';
import type { OrgContext, TenantContext } from '../context';
import { factsAre, type ModelFacts, selectFacts } from '../models/service';

type Resolved = Awaited<ReturnType<typeof resolveSpec>>;

/** What a run begins with. */
export interface Start extends Resolved {
  facts: ModelFacts;
}

type Asked = { agentId: string; version?: 'draft' | number };

/**
 * What was read for the last starts stays in this process: a published version never changes. The statement that records
 * the next run asks whether it still holds, so nothing is used that is not so any more.
 */
const starts = new LRUCache<string, Start>({ max: 200 });

const nameOf = ({ org }: OrgContext, { agentId, version }: Asked) => `${org.id} ${agentId} ${version ?? 'published'}`;

export const knownStart = (ctx: OrgContext, asked: Asked): Start | undefined => starts.get(nameOf(ctx, asked));

/** @throws NotFound for the agent or version; PreconditionFailed when nothing is published. */
export async function readStart(tx: TenantContext, asked: Asked): Promise<Start> {
  const [resolved, facts] = await Promise.all([resolveSpec(tx, asked.agentId, asked.version), selectFacts(tx)]);
  const start = { ...resolved, facts };
  if (start.version !== null) starts.set(nameOf(tx, asked), start);
  return start;
}

/** A condition: whoever acts would read just this now. */
export function holdsStill({ sql, org }: TenantContext, { agentId, version }: Asked, known: Start): Statement<Row> {
  return sql`exists (select from agents a where a.org_id = ${org.id} and a.id = ${agentId} and a.status <> 'archived'
      and a.workspace_id = ${known.workspaceId} ${version === undefined ? sql`and a.published_version = ${known.version}` : sql``})
    and ${factsAre(sql, org.id, known.facts)}`;
}
