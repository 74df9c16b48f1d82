import { makeAgent } from '../server/testing/factories';
import { type Account, expect, test } from './fixtures/account';

interface WireRun {
  id: string;
  status: string;
}

async function startScript(
  account: Account,
  script: string,
  tools: { name: 'calculator' | 'ask_human' }[] = [],
): Promise<WireRun> {
  const agent = await makeAgent(account.ctx, { model: 'sandbox/scripted', tools });
  return account.api<WireRun>(`/agents/${agent.id}/runs`, { input: `#script\n${script}`, async: true });
}

test('a run is watched live; the browser goes away, comes back, and has the whole answer once', async ({
  page,
  account,
}) => {
  const words = Array.from({ length: 80 }, (_, i) => `w${i}`);
  const run = await startScript(account, `every 40\nsay ${words.join(' ')}`);
  await page.goto(`/${account.org}/runs/${run.id}`);
  await expect(page.getByText('w3 w4').first()).toBeVisible();
  await page.context().setOffline(true);
  await expect.poll(async () => (await account.api<WireRun>(`/runs/${run.id}`)).status).toBe('completed');
  await page.context().setOffline(false);
  await expect(page.getByText('Completed').first()).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(words.join(' '), { exact: true }).first()).toBeVisible();
});

test('the waterfall is walked by the keyboard and shows exactly what went in and out', async ({ page, account }) => {
  const run = await startScript(account, 'call calculator {"expression": "6 * 7"}\n---\nsay Forty-two.', [
    { name: 'calculator' },
  ]);
  await page.goto(`/${account.org}/runs/${run.id}`);
  await expect(page.getByText('Completed').first()).toBeVisible();
  const waterfall = page.getByRole('region', { name: 'Waterfall' });
  await waterfall.getByRole('button', { name: /Calculator/ }).click();
  await expect(page.getByText('6 * 7').first()).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(waterfall.locator('[aria-current]')).toContainText('sandbox/scripted');
  await expect(page.getByText('Forty-two.').first()).toBeVisible();
});

test('a waiting run is answered on its page and goes on', async ({ page, account }) => {
  const run = await startScript(account, 'call ask_human {"question": "Ship it?"}\n---\nsay Shipped.', [
    { name: 'ask_human' },
  ]);
  await page.goto(`/${account.org}/runs/${run.id}`);
  const card = page.getByLabel('Question of the agent');
  await expect(card.getByText('Ship it?')).toBeVisible();
  await card.getByLabel('Answer').fill('Yes');
  await card.getByRole('button', { name: /answer|send/i }).click();
  await expect(page.getByText('Shipped.').first()).toBeVisible();
});

test('a run that hangs is cancelled from its page', async ({ page, account }) => {
  const run = await startScript(account, 'hang 3\nsay Hello there');
  await page.goto(`/${account.org}/runs/${run.id}`);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('Cancelled').first()).toBeVisible();
  expect((await account.api<WireRun>(`/runs/${run.id}`)).status).toBe('cancelled');
});

test('the list is filtered in its address and announces new runs without moving', async ({ page, account }) => {
  const good = await startScript(account, 'say Fine.');
  const bad = await startScript(account, 'fail 401 - no');
  await expect.poll(async () => (await account.api<WireRun>(`/runs/${bad.id}`)).status).toBe('failed');
  await expect.poll(async () => (await account.api<WireRun>(`/runs/${good.id}`)).status).toBe('completed');
  await page.goto(`/${account.org}/runs?q=${encodeURIComponent('status:failed')}`);
  const rows = page.locator(`a[href*="/runs/"]`);
  await expect(rows.filter({ has: page.locator(`xpath=self::*[contains(@href, "${bad.id}")]`) }).first()).toBeVisible();
  await expect(page.locator(`a[href*="${good.id}"]`)).toHaveCount(0);
  await page.goto(`/${account.org}/runs`);
  await expect(page.locator(`a[href*="${good.id}"]`).first()).toBeVisible();
  const fresh = await startScript(account, 'say News.');
  await expect(page.getByRole('button', { name: /1 new/ })).toBeVisible({ timeout: 20_000 });
  await expect(page.locator(`a[href*="${fresh.id}"]`)).toHaveCount(0);
  await page.getByRole('button', { name: /1 new/ }).click();
  await expect(page.locator(`a[href*="${fresh.id}"]`).first()).toBeVisible();
});

test('older runs come as the list is scrolled', async ({ page, account }) => {
  const agent = await makeAgent(account.ctx, { model: 'sandbox/scripted' });
  const inputs = Array.from({ length: 60 }, (_, i) => `Number ${i}`);
  await Promise.all(inputs.map((input) => account.api(`/agents/${agent.id}/runs`, { input, async: true })));
  await page.goto(`/${account.org}/runs`);
  const rows = page.getByRole('main').getByRole('link', { name: /^Number/ });
  await expect(rows).toHaveCount(50);
  await rows.last().scrollIntoViewIfNeeded();
  await expect(rows).toHaveCount(60);
  expect(new Set(await rows.allTextContents()).size).toBe(60);
});

test('a long text is cut at 64 KB until all of it is asked for', async ({ page, account }) => {
  const agent = await makeAgent(account.ctx, { model: 'sandbox/scripted', instructions: '#script\nsay Fine.' });
  const input = `${'all work and no play '.repeat(4_000)}the end`;
  const run = await account.api<WireRun>(`/agents/${agent.id}/runs`, { input });
  await page.goto(`/${account.org}/runs/${run.id}`);
  await expect(page.getByText(/^64\.0 KB of 8\d\.\d KB$/)).toBeVisible();
  await expect(page.getByText(/the end$/)).toHaveCount(0);
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(page.getByText(/the end$/).first()).toBeVisible();
});

test('a failed run says why and what to do, and is run again from its page', async ({ page, account }) => {
  const run = await startScript(account, 'fail 401 - Incorrect key');
  await page.goto(`/${account.org}/runs/${run.id}`);
  await expect(page.getByText('Failed').first()).toBeVisible();
  await expect(page.getByRole('note').first()).toContainText(/key/i);
  await expect(page.getByRole('link', { name: 'Keys of providers' })).toBeVisible();
  await page.getByRole('button', { name: 'Re-run' }).click();
  await page.waitForURL((url) => url.pathname.includes('/runs/') && !url.pathname.endsWith(run.id));
  await page
    .getByText(/Re-run of/)
    .getByRole('link')
    .first()
    .click();
  await page.waitForURL(`**/runs/${run.id}`);
});

test('each attempt of a call is a bar of its own', async ({ page, account }) => {
  const run = await startScript(account, 'fail 503 0 Busy\n...\nsay Fine.');
  await page.goto(`/${account.org}/runs/${run.id}`);
  await expect(page.getByText('Completed').first()).toBeVisible({ timeout: 20_000 });
  const calls = page.getByRole('region', { name: 'Waterfall' }).getByRole('button', { name: /sandbox\/scripted/ });
  await expect(calls).toHaveCount(2);
  await calls.first().click();
  await expect(page.getByText('Busy').first()).toBeVisible();
});
