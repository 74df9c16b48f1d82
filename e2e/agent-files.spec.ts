import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import { getAgent, saveDraft } from '../server/agents/service';
import { makeAgent } from '../server/testing/factories';
import { type Account, expect, test } from './fixtures/account';

/** An agent of this name. */
async function named({ ctx }: Account, name: string, tags: string[] = []) {
  const { id, draft: spec, draftRevision: revision } = await makeAgent(ctx);
  await saveDraft(ctx, { agentId: id, revision, name, description: `About ${name}`, tags, spec });
  return id;
}

test('several agents are tagged, archived with a way back, and exported by keyboard and pointer', async ({
  page,
  account,
}) => {
  const support = await named(account, 'Support', ['team']);
  await named(account, 'Sales');
  await page.goto(`/${account.org}/agents`);
  await page.getByRole('link', { name: 'Sales' }).focus();
  await page.keyboard.press('x');
  await page.getByRole('checkbox', { name: 'Select Support' }).click();
  const bar = page.getByRole('region', { name: 'Selected agents' });
  await expect(bar.getByText('2 selected')).toBeVisible();

  await bar.getByRole('button', { name: 'Tags' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Add a tag').fill('eu');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await expect(page.getByText('2 tagged')).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.keyboard.press('Escape');

  const download = page.waitForEvent('download');
  await bar.getByRole('link', { name: 'Export' }).click();
  const file = await readFile(await (await download).path(), 'utf8');
  expect(file.match(/^kind: Agent$/gm)).toHaveLength(2);

  await bar.getByRole('button', { name: 'Archive' }).click();
  await expect(page.getByText('2 archived')).toBeVisible();
  await expect(page.getByText('No agents yet')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await expect(page.getByRole('link', { name: 'Support' })).toBeVisible();

  await page.getByRole('button', { name: 'Tags' }).click();
  await page.getByRole('button', { name: 'Rename team' }).click();
  await page.getByRole('dialog', { name: 'Rename team' }).getByLabel('New name').fill('crew, all');
  await page.getByRole('button', { name: 'Rename', exact: true }).click();
  await expect(page.getByText('team is now crew, all on 1 agent')).toBeVisible();
  await page.getByRole('button', { name: 'Tags' }).click();
  await page.getByRole('button', { name: 'crew, all 1' }).click();
  await expect(page.getByRole('link', { name: 'Sales' })).toBeHidden();
  await page.reload();
  await expect(page.getByRole('link', { name: 'Support' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Sales' })).toBeHidden();
  expect(await getAgent(account.ctx, { agentId: support })).toMatchObject({ tags: ['crew, all', 'eu'] });
});

test('a file is checked, its faults told by line, what is missing named, and imported', async ({ page, account }) => {
  const id = await named(account, 'Traveller');
  await page.goto(`/${account.org}/agents/${id}`);
  await page.getByRole('button', { name: 'More' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Export as YAML' }).click();
  const file = await readFile(await (await download).path(), 'utf8');

  await page.goto(`/${account.org}/agents`);
  await page.getByRole('button', { name: 'Import' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import agents' });
  await dialog.getByLabel('YAML').fill(file.replace(/maxSteps: \d+/, 'maxSteps: 900'));
  await dialog.getByRole('button', { name: 'Check' }).click();
  await expect(dialog.getByText(/Line \d+, spec\.limits\.maxSteps/)).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Import' })).toBeDisabled();

  const buffer = Buffer.from(file.replace('sandbox/assistant', 'anthropic/claude'));
  await dialog.locator('input[type=file]').setInputFiles({ name: 'agent.yaml', mimeType: 'application/yaml', buffer });
  await expect(dialog.getByText('The model anthropic/claude is not here.')).toBeVisible();
  await expect(dialog.getByText('New', { exact: true })).toBeVisible();
  await dialog.getByLabel('Change the drafts').click();
  await expect(dialog.getByText('Changes the draft')).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await dialog.getByRole('button', { name: 'Import' }).click();
  await expect(page.getByText('1 agent imported as a draft')).toBeVisible();
  await dialog.getByRole('link', { name: 'Traveller' }).click();
  await expect(page.getByRole('heading', { name: 'Traveller' })).toBeVisible();
  expect(await getAgent(account.ctx, { agentId: id })).toMatchObject({ draft: { model: 'anthropic/claude' } });
});

test('a copy is made from the list and opened', async ({ page, account }) => {
  await named(account, 'Original');
  await page.goto(`/${account.org}/agents`);
  await page.getByRole('button', { name: 'Actions for Original' }).click();
  await page.getByRole('menuitem', { name: 'Duplicate' }).click();
  await expect(page.getByRole('heading', { name: 'Original copy' })).toBeVisible();
  await expect(page.getByText('Draft', { exact: true }).first()).toBeVisible();
});
