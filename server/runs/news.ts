import type { Span } from '@/lib/contracts/runs';
import { type OrgContext, tenantStatement } from '../context';
import { NotFound } from '../errors';
import { span } from './queries';
import { type ResultRow, type RunResult, selectResult, toResult } from './summaries';

export interface News {
  run: RunResult;
  /** Those that changed, in the order they began. */
  spans: Span[];
  /** What models have said in those of them that ended. */
  answers: { seq: number; text: string }[];
  hasApprovals: boolean;
}

type Instants = 'queuedAt' | 'startedAt' | 'firstTokenAt' | 'endedAt';
type SpanRow = Omit<Span, Instants> & { [K in Instants]: string | Extract<Span[K], null> };

const columns = Object.entries(span)
  .map(([name, { name: column }]) => `s.${column} as "${name}"`)
  .join(', ');

/**
 * What is new of a run to whoever was told its `revision`, and text up to span `seq`. One statement: every watcher asks it at
 * every change. @throws NotFound
 */
export async function getNews(
  ctx: OrgContext,
  runId: string,
  { revision, seq }: { revision: number; seq: number },
): Promise<News> {
  const org = ctx.org.id;
  const [row] = await tenantStatement<ResultRow & Omit<News, 'run' | 'spans'> & { spans: SpanRow[] }>(
    ctx,
    (sql) => sql`
    with changed as materialized (
      select ${sql.unsafe(columns)} from spans s
      where s.org_id = ${org} and s.run_id = ${runId} and s.revision > ${revision}
    )
    select r.*, (select coalesce(json_agg(c order by c.seq), '[]') from changed c) as spans,
      (select coalesce(json_agg(json_build_object('seq', c.seq, 'text', coalesce(o.output->>'content', '')) order by c.seq), '[]')
        from changed c join span_payloads o on o.org_id = ${org} and o.run_id = ${runId} and o.seq = c.seq
        where c.seq >= ${seq} and c.kind = 'model' and c.status in ('completed', 'cancelled')) as answers,
      exists (select from approvals where org_id = ${org} and run_id = ${runId}) as "hasApprovals"
    from (${selectResult(sql, sql`runs`, sql`run_payloads`)}
      where r.org_id = ${org} and r.id = ${runId} and p.org_id = r.org_id and p.run_id = r.id) r`,
    // It locks nothing.
    { order: runId },
  );
  if (!row) throw new NotFound('run');
  const { spans, answers, hasApprovals, ...run } = row;
  return { run: toResult(run), spans: spans.map(toSpan), answers, hasApprovals };
}

const toSpan = ({ queuedAt, startedAt, firstTokenAt, endedAt, ...row }: SpanRow): Span => ({
  ...row,
  queuedAt: new Date(queuedAt),
  startedAt: new Date(startedAt),
  firstTokenAt: firstTokenAt === null ? null : new Date(firstTokenAt),
  endedAt: endedAt === null ? null : new Date(endedAt),
});
