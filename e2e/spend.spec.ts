import { createBudget, listBudgets } from '../server/budgets/service';
import { checkLedger } from '../server/ledger/check';
import { releaseLeft } from '../server/runs/leftovers';
import { addMember, makeAgent } from '../server/testing/factories';
import { type Account, expect, makeAccount, signIn, test } from './fixtures/account';

/** An agent whose call costs a cent and a bit, run once. */
async function spend(account: Account, name = '#script\nusage 100 30000\nsay Done.') {
  const agent = await makeAgent(account.ctx, { model: 'sandbox/scripted', parameters: { maxOutputTokens: 40_000 } });
  const run = await account.api<{ id: string; costMicros: number }>(`/agents/${agent.id}/runs`, { input: name });
  expect(run.costMicros).toBeGreaterThan(12_000);
  return { agent, run };
}

test('a budget is made, changed and deleted, and its meter follows the spending', async ({ page, account }) => {
  const { agent } = await spend(account);
  await page.goto(`/${account.org}/settings/budgets`);
  await page.getByRole('button', { name: 'New budget' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'For' }).click();
  await page.getByRole('option', { name: 'Agent' }).click();
  await dialog.getByRole('button', { name: 'Agent' }).click();
  await page.getByPlaceholder('Part of its name').fill('test');
  await page.getByRole('option', { name: agent.name }).click();
  await dialog.getByLabel('Limit in dollars').fill('lots');
  await expect(dialog.getByText('Dollars, as in 25')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Create budget' })).toBeDisabled();
  await dialog.getByLabel('Limit in dollars').fill('0.02');
  await dialog.getByRole('button', { name: 'Create budget' }).click();
  const row = page.getByRole('listitem').filter({ hasText: agent.name });
  await expect(row.getByText('each month')).toBeVisible();
  await expect(row.getByRole('meter')).toHaveAttribute('aria-valuetext', /^60 %: \$0\.012 of \$0\.020$/);

  await row.getByRole('button', { name: /^Change/ }).click();
  await dialog.getByLabel('Limit in dollars').fill('0.01');
  await expect(dialog.getByText('the next model call is refused')).toBeVisible();
  await dialog.getByRole('button', { name: 'Save the limit' }).click();
  await expect(row.getByText(/^Used up/)).toBeVisible();

  await row.getByRole('button', { name: /^Delete/ }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('No budgets yet')).toBeVisible();
  expect(await listBudgets(account.ctx)).toEqual([]);
});

test('a run without money says whose budget it was, and leads to it', async ({ page, account }) => {
  const agent = await makeAgent(account.ctx, { model: 'sandbox/scripted' });
  const budget = { scope: 'agent', scopeId: agent.id, period: 'day', limitMicros: 10 } as const;
  await createBudget(account.ctx, budget);
  const run = await account.api<{ id: string }>(`/agents/${agent.id}/runs`, { input: 'Hello' });
  await page.goto(`/${account.org}/runs/${run.id}`);
  await expect(page.getByText(/The daily budget of the agent .*, \$0\.000010, has no room/).first()).toBeVisible();
  await page.getByRole('link', { name: 'Budgets', exact: true }).first().click();
  await page.waitForURL('**/settings/budgets');
});

test('the spend of the days is shown, narrowed, listed, checked and exported', async ({ page, account }) => {
  const { agent, run } = await spend(account);
  await page.goto(`/${account.org}/spend`);
  await expect(page.getByText('The ledger is checked every hour')).toBeVisible();
  await checkLedger(account.ctx.org.id, releaseLeft);
  await page.reload();
  await expect(page.getByText(/the ledger agrees with every call of 1 run\./)).toBeVisible();
  const agents = page.getByRole('region', { name: 'Agents' });
  await expect(agents.getByRole('row').filter({ hasText: agent.name })).toContainText('$0.012');
  await page.getByRole('region', { name: 'Models' }).getByRole('button', { name: 'sandbox/scripted' }).click();
  await page.waitForURL('**/spend?model=sandbox%2Fscripted');
  await page.getByRole('button', { name: /sandbox\/scripted show all/ }).click();
  await page.waitForURL('**/spend');

  const ledger = page.getByRole('region', { name: 'Ledger' });
  await expect(ledger.getByRole('listitem')).toHaveCount(1);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CSV' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^ledger-\d{4}-\d{2}-\d{2}-\d{4}-\d{2}-\d{2}\.csv$/);
  const text = Buffer.concat(await (await file.createReadStream()).toArray()).toString();
  expect(text.trim().split('\r\n')).toHaveLength(2);
  expect(text).toContain(`${run.costMicros}`);

  await page.getByRole('combobox', { name: 'Days' }).click();
  await page.getByRole('option', { name: 'Other days' }).click();
  await page.getByRole('textbox', { name: 'From' }).fill('2020-01-01');
  await page.getByRole('textbox', { name: 'To' }).fill('2020-01-31');
  await expect(page.getByText('No model was called in these days')).toBeVisible();
  await page.goBack();
});

test('the export is for members who may see the spend', async ({ account, browser, baseURL }) => {
  const address = `/api/export/ledger?org=${account.org}&from=2026-01-01&to=2026-01-31`;
  const stranger = await makeAccount(baseURL ?? '', 'Mallory');
  const nobody = await browser.newContext({ baseURL });
  expect((await nobody.request.get(address)).status()).toBe(401);
  await signIn(nobody, stranger);
  expect((await nobody.request.get(address)).status()).toBe(404);
  await addMember(account.ctx, stranger.ctx.actor.id, 'viewer');
  expect((await nobody.request.get(address)).status()).toBe(403);
  expect((await nobody.request.get(address.replace('2026-01-31', '2025-01-31'))).status()).toBe(400);
  await nobody.close();
});
