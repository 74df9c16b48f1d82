import { expect, test } from 'vitest';
import { ListRunsInput } from '@/lib/contracts/runs';
import { withTenant } from '../context';
import { makeAgent, makeOrganization } from '../testing/factories';
import { listRuns } from './service';

/** Stores so many ended runs; the one written first says something of its own. */
async function makeRuns(count: number) {
  const ctx = await makeOrganization();
  const agent = await makeAgent(ctx);
  await withTenant(
    ctx,
    ({ sql, org }) => sql`
      insert into runs (org_id, id, workspace_id, agent_id, conversation_id, trigger, status, actor_type, actor_id, model, input_preview)
      select ${org.id}, (lpad(to_hex(1750000000000 + n), 12, '0') || '70008' || lpad(to_hex(n), 15, '0'))::uuid, ${agent.workspaceId},
        ${agent.id}, gen_random_uuid(), 'app', case when n % 100 = 0 then 'failed' else 'completed' end, 'user', ${ctx.actor.id}, 'm',
        case n when 1 then 'needle' else 'hay' end
      from generate_series(1, ${count}::int) n`,
  );
  return ctx;
}

test('a search looks at so many runs for a page and goes on where it ended, until it has found what is there', async () => {
  const ctx = await makeRuns(10_500);
  const search = (cursor?: string) => listRuns(ctx, ListRunsInput.parse({ query: 'NEEDLE', cursor }));
  const first = await search();
  expect(first.items).toEqual([]);
  expect(first.nextCursor).not.toBeNull();
  const second = await search(first.nextCursor ?? undefined);
  expect(second.items.map(({ inputPreview }) => inputPreview)).toEqual(['needle']);
  expect(second.nextCursor).toBeNull();
});

test('filters and pages leave nothing out and show nothing twice', async () => {
  const ctx = await makeRuns(450);
  const seen: string[] = [];
  for (let cursor: string | undefined, page = 0; page < 20; page += 1) {
    const { items, nextCursor } = await listRuns(ctx, ListRunsInput.parse({ query: 'hay', limit: 100, cursor }));
    seen.push(...items.map(({ id }) => id));
    if (!nextCursor) break;
    cursor = nextCursor;
  }
  expect(seen).toHaveLength(449);
  expect(new Set(seen).size).toBe(449);
  expect(seen).toEqual(seen.toSorted().toReversed());
  const failed = await listRuns(ctx, ListRunsInput.parse({ status: ['failed'] }));
  expect(failed).toMatchObject({ items: [{}, {}, {}, {}], nextCursor: null });
});
