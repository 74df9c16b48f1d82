import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { blankSpec } from '../lib/contracts/agents';
import { createAgent } from '../server/agents/service';
import { foundOrganization } from '../server/organizations/service';
import { makeAgent } from '../server/testing/factories';
import { expect, test } from './fixtures/account';

async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} ${target}`));
}

test('another organization is made and switched from', async ({ page, account }) => {
  await page.goto(`/${account.org}`);
  await page.getByRole('button', { name: /switch organization/i }).click();
  await page.getByRole('menuitem', { name: 'New organization' }).click();
  await page.waitForURL('**/new');
  await page.getByLabel('Name').fill(`Second ${account.org}`);
  await page.getByRole('button', { name: 'Create organization' }).click();
  await page.waitForURL(`**/second-${account.org}`);
  await expect(page.getByRole('heading', { name: 'Make your first agent' })).toBeVisible();
  await page.getByRole('button', { name: /switch organization/i }).click();
  await page.getByRole('menuitemradio', { name: /^Team/ }).click();
  await page.waitForURL(`**/${account.org}`);
});

test('the rail stays narrow and the theme stays dark after a reload', async ({ page, account }) => {
  await page.goto(`/${account.org}/agents`);
  await page.getByRole('button', { name: 'Narrow the rail' }).click();
  await page.getByRole('button', { name: /account$/ }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  await expect(page.locator('html')).toHaveClass(/dark/);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Widen the rail' })).toBeVisible();
  await expect(page.locator('html')).toHaveClass(/dark/);
  await page.getByRole('link', { name: 'Runs' }).click();
  await page.waitForURL('**/runs');
});

test('open menus, dialogs and the palette pass axe', async ({ page, account }) => {
  await makeAgent(account.ctx);
  await page.goto(`/${account.org}/agents`);
  await expect(page.locator('[data-row-link]')).toBeVisible();
  for (const name of [/switch organization/i, /account$/, /^Actions for/]) {
    await page.getByRole('button', { name }).click();
    await expect(page.getByRole('menu')).toBeVisible();
    expect(await faults(page), String(name)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('button', { name })).toBeFocused();
  }
  for (const key of ['?', 'c', 'ControlOrMeta+k']) {
    await page.keyboard.press(key);
    await expect(page.getByRole('dialog')).toBeVisible();
    expect(await faults(page), key).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
  await page.getByRole('button', { name: /account$/ }).click();
  await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click();
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: /account$/ })).toBeFocused();
});

test('the keyboard reaches everything, and the focus comes back', async ({ page, account }) => {
  const first = await makeAgent(account.ctx);
  await makeAgent(account.ctx);
  await page.goto(`/${account.org}/agents`);
  const rows = page.locator('[data-row-link]');
  await expect(rows).toHaveCount(2);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(rows.last()).toBeFocused();
  for (const key of ['?', 'c', 'ControlOrMeta+k']) {
    await page.keyboard.press(key);
    const dialog = page.getByRole('dialog');
    await expect(dialog).toBeVisible();
    for (let tabs = 0; tabs < 12; tabs += 1) {
      await page.keyboard.press('Tab');
      expect(await dialog.evaluate((element) => element.contains(document.activeElement)), key).toBe(true);
    }
    await page.keyboard.press('Escape');
    await expect(rows.last(), key).toBeFocused();
  }
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/agents/${first.id}`);
  for (const [key, path] of [
    ['h', ''],
    ['r', '/runs'],
    ['s', '/settings'],
    ['a', '/agents'],
  ]) {
    await page.keyboard.press('g');
    await page.keyboard.press(key ?? '');
    await page.waitForURL(`**/${account.org}${path}`);
  }
  await page
    .getByRole('button', { name: `Actions for ${first.name}` })
    .first()
    .focus();
  await page.keyboard.press('c');
  await expect(page.getByRole('dialog', { name: /agent/i })).toBeVisible();
});

test('the palette finds agents, runs, pages and commands', async ({ page, account }) => {
  const agent = await makeAgent(account.ctx);
  await account.api(`/agents/${agent.id}/runs`, { input: 'What is 6 * 7?' });
  await page.goto(`/${account.org}`);
  const find = async (text: string) => {
    await page.keyboard.press('ControlOrMeta+k');
    await page.getByPlaceholder('Search agents, runs, pages and commands').fill(text);
  };
  await find('audit');
  await expect(page.getByRole('option', { name: 'Settings: Audit', selected: true })).toBeVisible();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/settings/audit');
  await find('6 * 7');
  await page.getByRole('option', { name: /What is 6/ }).click();
  await page.waitForURL('**/runs/*');
  await find('test ag');
  await page
    .getByRole('option', { name: /^Test agent/ })
    .first()
    .click();
  await page.waitForURL(`**/agents/${agent.id}`);
  await find('dark');
  await expect(page.getByRole('option', { name: 'Dark theme', selected: true })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveClass(/dark/);
});

test('a phone reaches every page by the sheet, and panes are tabs', async ({ page, account }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await foundOrganization({ id: account.ctx.actor.id, name: account.name }, { name: 'Other' }, null);
  const agent = await createAgent(account.ctx, {
    name: 'Reads along',
    description: 'Reads every letter that comes in, and says in a sentence what it is about and who should see it.',
    tags: [],
    spec: blankSpec(),
    publish: true,
  });
  await page.goto(`/${account.org}`);
  const card = await page.getByRole('main').getByRole('listitem').filter({ hasText: agent.name }).first().boundingBox();
  expect((card?.x ?? 0) + (card?.width ?? 0)).toBeLessThanOrEqual(390);
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Agents' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.getByRole('link', { name: agent.name, exact: true }).click();
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await page.getByRole('textbox', { name: 'Message' }).fill('What is 6 * 7?');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByRole('log').getByText('42').first()).toBeVisible();
  await page.getByRole('log').getByRole('link', { name: 'Run' }).click();
  await page.waitForURL('**/runs/*');
  await page.getByRole('button', { name: /Calculator/ }).click();
  await expect(page.getByText('Arguments')).toBeVisible();
  await page.getByRole('button', { name: 'Menu' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /switch organization/i })
    .click();
  await page.getByRole('menuitemradio', { name: 'Other' }).click();
  await page.waitForURL(/\/other/);
});
