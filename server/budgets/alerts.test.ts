import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { database } from '@/db/client';
import type { MailMessage } from '@/lib/contracts/mail';
import { listAudit } from '../audit/service';
import { call } from '../ledger/testing/call';
import { makeAgent, makeMember, makeOrganization } from '../testing/factories';
import { setSilentRunner } from '../testing/silent-runner';
import { tellThreshold } from './alerts';
import { changeBudget, createBudget } from './service';

beforeAll(setSilentRunner);

async function mails(name: string): Promise<MailMessage[]> {
  const rows = await database().execute<{ message: MailMessage }>(sql`
    select message from system.mails where message->>'subject' like ${`${name}:%`} order by created_at`);
  return rows.map(({ message }) => message);
}

test('whoever may raise a limit is told once for each threshold, period and limit', async () => {
  const ctx = await makeOrganization();
  for (const role of ['org_admin', 'billing_admin', 'developer', 'viewer'] as const) await makeMember(ctx, role);
  const { id: scopeId } = await makeAgent(ctx);
  const input = { scope: 'agent', scopeId, period: 'month', limitMicros: 1_000_000 } as const;
  const { id: budgetId } = await createBudget(ctx, input);
  await (await call(ctx, scopeId, 900_000)).settle(812_000);

  const alert = { orgId: ctx.org.id, budgetId, threshold: 80 };
  expect(await Promise.all([tellThreshold(alert), tellThreshold(alert), tellThreshold(alert)])).toContain(3);
  expect(await tellThreshold(alert)).toBe(0);
  const sent = await mails(ctx.org.name);
  expect(sent).toHaveLength(3);
  expect(sent[0]?.subject).toBe(`${ctx.org.name}: the monthly budget of the agent Test agent, $1.00 is 80 % used`);
  expect(JSON.stringify(sent[0])).toContain(`/${ctx.org.slug}/settings/budgets`);
  expect(JSON.stringify(sent[0])).toContain('$0.812 of $1.00 is spent');
  const { items } = await listAudit(ctx, { query: 'budget.alert', limit: 5 });
  expect(items).toMatchObject([{ resourceId: budgetId, after: { threshold: 80, limitMicros: 1_000_000 } }]);

  expect(await tellThreshold({ ...alert, threshold: 100 })).toBe(3);
  expect(JSON.stringify(await mails(ctx.org.name))).toContain('what is left pays for no further call');
  await changeBudget(ctx, { budgetId, limitMicros: 1_015_000 });
  expect(await tellThreshold(alert)).toBe(3);
});

test('a budget that is gone, or of somebody else, tells nobody', async () => {
  const [ctx, other] = [await makeOrganization(), await makeOrganization()];
  const { id: budgetId } = await createBudget(ctx, { scope: 'organization', period: 'day', limitMicros: 1 });
  expect(await tellThreshold({ orgId: other.org.id, budgetId, threshold: 50 })).toBe(0);
  expect(await tellThreshold({ orgId: ctx.org.id, budgetId: other.org.id, threshold: 50 })).toBe(0);
});
