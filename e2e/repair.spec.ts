import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { withTenant } from '../server/context';
import { makeAgent } from '../server/testing/factories';
import { type Account, expect, test } from './fixtures/account';

interface WireRun {
  id: string;
  status: string;
}

const SCRIPT = '#script\ncall calculator {"expression": "6 * 7"}\n---\nsay Done.';

async function runScript(account: Account): Promise<WireRun> {
  const agent = await makeAgent(account.ctx, { model: 'sandbox/scripted', tools: [{ name: 'calculator' }] });
  return account.api<WireRun>(`/agents/${agent.id}/runs`, { input: SCRIPT });
}

async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} ${target}`));
}

test('the result of a tool is edited in the browser, the new run goes on with it, and both are compared', async ({
  page,
  account,
}) => {
  const run = await runScript(account);
  await page.goto(`/${account.org}/runs/${run.id}`);
  const waterfall = page.getByRole('region', { name: 'Waterfall' });
  await waterfall.getByRole('button', { name: /Calculator/ }).click();
  await page.getByRole('button', { name: 'Edit result' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit the result' });
  await dialog.getByLabel('Result', { exact: true }).fill('{"result": "forty-');
  await expect(dialog.getByText(/This is no JSON/)).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Start a new run' })).toBeDisabled();
  await dialog.getByLabel('Result', { exact: true }).fill('{"result": "forty-two"}');
  expect(await faults(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Start a new run' }).click();
  await page.waitForURL((url) => url.pathname.includes('/runs/') && !url.pathname.endsWith(run.id));
  await expect(page.getByText('Completed').first()).toBeVisible();
  await expect(waterfall.getByRole('button', { name: /taken over/ })).toHaveCount(1);
  await waterfall.getByRole('button', { name: /Calculator.*edited/ }).click();
  await expect(page.getByText('forty-two').first()).toBeVisible();
  expect(await faults(page)).toEqual([]);

  await page.getByRole('link', { name: 'Compare', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Compare runs' })).toBeVisible();
  const step = page.getByRole('listitem').filter({ hasText: 'tool-0-0' });
  await expect(step).toContainText('changed');
  await step.locator('summary').click();
  await expect(step.getByText('forty-two')).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

test('a cancelled run is taken up again, a run is forked, and each page tells of the other', async ({
  page,
  account,
}) => {
  const agent = await makeAgent(account.ctx, { model: 'sandbox/scripted', tools: [{ name: 'ask_human' }] });
  const input = '#script\ncall ask_human {"question": "Ship it?"}\n---\nsay Shipped.';
  const asked = await account.api<WireRun>(`/agents/${agent.id}/runs`, { input });
  await account.api(`/runs/${asked.id}/cancel`, {});
  await page.goto(`/${account.org}/runs/${asked.id}`);
  await page.getByRole('button', { name: 'Retry' }).click();
  await page.waitForURL((url) => url.pathname.includes('/runs/') && !url.pathname.endsWith(asked.id));
  await expect(page.getByText('Ship it?').first()).toBeVisible();
  await expect(page.getByText(/Re-run of/)).toContainText('tool-0-0');

  const done = await runScript(account);
  await page.goto(`/${account.org}/runs/${done.id}`);
  await page.getByRole('button', { name: 'More ways to run it again' }).click();
  await page.getByRole('menuitem', { name: /another version/ }).click();
  await page.getByRole('button', { name: 'Start a new run' }).click();
  await page.waitForURL((url) => url.pathname.includes('/runs/') && !url.pathname.endsWith(done.id));
  await expect(page.getByText('Draft', { exact: true })).toBeVisible();
  await page
    .getByText(/Re-run of/)
    .getByRole('link')
    .first()
    .click();
  await expect(page.getByText(/Run again as/)).toBeVisible();
});

test('two runs are selected in the list and compared', async ({ page, account }) => {
  await runScript(account);
  await runScript(account);
  await page.goto(`/${account.org}/runs`);
  const marks = page.getByRole('checkbox', { name: /Select run/ });
  await marks.nth(0).click();
  await expect(page.getByText('Select another run to compare')).toBeVisible();
  await marks.nth(1).click();
  expect(await faults(page)).toEqual([]);
  await page.getByRole('link', { name: 'Compare', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Compare runs' })).toBeVisible();
  await expect(page.getByText('All the same')).toBeVisible();
});

test('of a run of 2,000 steps only what is seen is drawn, and the keyboard reaches the rest', async ({
  page,
  account,
}) => {
  const run = await runScript(account);
  await withTenant(
    account.ctx,
    ({ sql, org }) => sql`
      insert into spans (org_id, run_id, seq, step_key, attempt, kind, name, status, revision, queued_at, started_at, ended_at)
      select ${org.id}, ${run.id}, 100 + n, 'tool-9-' || n, 0, 'tool', 'calculator', 'completed', 1, now(), now(), now()
      from generate_series(1, 2000) n`,
  );
  await page.goto(`/${account.org}/runs/${run.id}`);
  await page.locator('[data-seq="0"]').click();
  await page.keyboard.press('End');
  await expect(page.locator('[data-seq="2100"]')).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(page.locator('[data-seq="2099"]')).toBeFocused();
  await expect(page.locator('[data-seq="2099"]')).toBeInViewport();
  expect(await page.locator('[data-seq]').count()).toBeLessThan(200);
});
