import type { Row } from 'postgres';
import { tenantStatement } from '../context';
import { jobContext, type RunAddress } from './execution';
import { closeSpan } from './span-end';

/**
 * Releases what is set aside for calls of a run that is over: its worker, which would have told what they cost, is gone.
 * @returns how many calls.
 */
export async function releaseLeft(address: RunAddress): Promise<number> {
  const ctx = jobContext(address);
  const { orgId, runId } = address;
  const left = await tenantStatement<Row & { seq: number; endedAt: string }>(
    ctx,
    (sql) => sql`
    select s.seq, coalesce(s.ended_at, r.ended_at) as "endedAt"
    from runs r join spans s on s.org_id = r.org_id and s.run_id = r.id
    where r.org_id = ${orgId} and r.id = ${runId} and r.status in ('completed', 'failed', 'cancelled')
      and s.reserved_micros > 0 order by s.seq`,
  );
  for (const { seq, endedAt } of left) {
    await closeSpan(ctx, { runId, seq, status: 'cancelled', endedAt: new Date(endedAt) });
  }
  return left.length;
}
