import AxeBuilder from '@axe-core/playwright';
import type { AgentSpec } from '../lib/contracts/agents';
import { addMember, makeAgent, makeUser } from '../server/testing/factories';
import { type Account, expect, test } from './fixtures/account';

type Tools = AgentSpec['tools'];
const ASKING: Tools = [{ name: 'calculator', approval: { mode: 'ask', notByStarter: false } }];

/** Starts a run that waits for the approval of a calculation. */
async function startAsking(account: Account, expression = '6 * 7'): Promise<string> {
  const agent = await makeAgent(account.ctx, { model: 'sandbox/scripted', tools: ASKING });
  const input = `#script\nsay I need a number.\ncall calculator {"expression": "${expression}"}\n---\nsay All done.`;
  const run = await account.api<{ id: string }>(`/agents/${agent.id}/runs`, { input, async: true });
  await expect.poll(async () => (await getRun(account, run.id)).status).toBe('waiting');
  return run.id;
}

const getRun = (account: Account, id: string) =>
  account.api<{ status: string; output: string | null; approvals: { status: string; edited: unknown }[] }>(
    `/runs/${id}`,
  );

test('approvals arrive without a reload and are decided by keyboard', async ({ page, account }) => {
  await page.goto(`/${account.org}/approvals`);
  await expect(page.getByText('Nothing waits for a decision')).toBeVisible();
  const first = await startAsking(account, '1 + 1');
  const second = await startAsking(account, '2 + 2');
  const cards = page.getByLabel('Open approvals').getByRole('article');
  await expect(cards).toHaveCount(2);
  await expect(page.getByRole('link', { name: /Approvals 2 waiting for you/ })).toBeVisible({ timeout: 20_000 });
  await page.keyboard.press('j');
  await page.keyboard.press('a');
  await expect.poll(async () => (await getRun(account, first)).status).toBe('completed');
  await page.keyboard.press('d');
  await page.getByLabel('Reason').fill('Too expensive.');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await getRun(account, second)).status).toBe('completed');
  await expect(page.getByText('Nothing waits for a decision')).toBeVisible();
  await page.getByRole('tab', { name: 'Decided' }).click();
  await expect(page.getByText('Too expensive.')).toBeVisible();
  await expect(page.getByText('Approved', { exact: true })).toBeVisible();
});

test('arguments are changed before they run, and the run says who changed them', async ({ page, account }) => {
  const id = await startAsking(account);
  await page.goto(`/${account.org}/approvals`);
  await page.keyboard.press('j');
  await page.keyboard.press('e');
  const box = page.getByLabel('Arguments', { exact: true });
  await box.fill('{"expression": ');
  await expect(page.getByRole('button', { name: 'Approve these' })).toBeDisabled();
  await box.fill('{"wrong": 1}');
  await page.getByRole('button', { name: 'Approve these' }).click();
  await expect(page.getByText('does not take these arguments')).toBeVisible();
  await expect(box).toHaveValue('{"wrong": 1}');
  await box.fill('{"expression": "6 * 8"}');
  await box.press('Control+Enter');
  await expect.poll(async () => (await getRun(account, id)).status).toBe('completed');
  expect((await getRun(account, id)).approvals).toMatchObject([
    { status: 'approved', edited: { expression: '6 * 8' } },
  ]);
  await page.goto(`/${account.org}/runs/${id}`);
  await page
    .getByRole('region', { name: 'Waterfall' })
    .getByRole('button', { name: /^Calculator/ })
    .click();
  await expect(page.getByText(`Edited by ${account.name}`)).toBeVisible();
});

test('on the run page the same card goes away when somebody else decides', async ({ page, account }) => {
  const id = await startAsking(account);
  await page.goto(`/${account.org}/runs/${id}`);
  await expect(page.getByRole('article', { name: 'Approval of Calculator' })).toBeVisible();
  const { items } = await account.api<{ items: { id: string }[] }>('/approvals');
  await account.api(`/approvals/${items[0]?.id}/decision`, { type: 'approve' });
  await expect(page.getByText('All done.').first()).toBeVisible();
  await expect(page.getByRole('article', { name: 'Approval of Calculator' })).toHaveCount(0);
});

test('an agent is told in its editor to ask, whom, and until when', async ({ page, account }) => {
  const other = await makeUser('Bo');
  await addMember(account.ctx, other.id, 'org_admin');
  const agent = await makeAgent(account.ctx);
  await page.goto(`/${account.org}/agents/${agent.id}`);
  const choose = async (label: string, option: string) => {
    await page.getByRole('combobox', { name: label }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };
  await choose('Use of Calculator', 'Asks a person');
  await choose('Who decides about Calculator', 'Bo');
  await choose('Deadline of Calculator', 'within 1 h');
  await page.getByLabel('Not by who started the run').check();
  await expect
    .poll(async () => (await account.api<{ draft: AgentSpec }>(`/agents/${agent.id}`)).draft.tools[0])
    .toEqual({
      name: 'calculator',
      approval: {
        mode: 'ask',
        deadlineSeconds: 3_600,
        decider: { type: 'member', userId: other.id },
        notByStarter: true,
      },
    });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('the inbox has no fault for axe and fits a phone', async ({ page, account }) => {
      await startAsking(account);
      await page.goto(`/${account.org}/approvals`);
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: 900 });
        await expect(page.getByRole('article').first()).toBeVisible();
        for (const key of ['', 'e', 'd']) {
          if (key) {
            await page.getByRole('button', { name: key === 'e' ? /^Edit/ : /^Deny…/ }).click();
          }
          const { violations } = await new AxeBuilder({ page }).analyze();
          expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          expect(overflow).toBeLessThanOrEqual(0);
          if (process.env.MUSTER_PICTURES) {
            await page.screenshot({
              path: `${process.env.MUSTER_PICTURES}/${colorScheme}-${width}-${key || 'card'}.png`,
            });
          }
          if (key) await page.keyboard.press('Escape');
        }
      }
    });
  });
}
