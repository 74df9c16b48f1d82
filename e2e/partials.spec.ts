import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { getAgent } from '../server/agents/service';
import { changePartial, createPartial } from '../server/partials/service';
import { makeAgent } from '../server/testing/factories';
import { expect, test } from './fixtures/account';

const expectAccessible = async (page: Page) =>
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

test('a partial is written, included by typing and by choosing, looked at, and run', async ({ page, account }) => {
  const agent = await makeAgent(account.ctx, { instructions: '', model: 'sandbox/scripted' }, false);
  await page.goto(`/${account.org}/agents`);
  await page.getByRole('link', { name: 'Partials' }).click();
  await expect(page.getByText('No partials yet')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'New partial' }).first().click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Greeting');
  await page.getByRole('textbox', { name: 'Description' }).fill('How a script begins');
  await page.getByRole('textbox', { name: 'Text' }).click();
  await page.keyboard.insertText('#script\nsay Hello {{customer}}.');
  await page.getByRole('button', { name: 'Create partial' }).click();
  await expect(page.getByText('Lower case letters, digits and _, beginning with a letter.').first()).toBeVisible();
  await page.getByRole('textbox', { name: 'Name' }).fill('greeting');
  await page.getByRole('button', { name: 'Create partial' }).click();
  await page.waitForURL(`**/agents/partials/greeting`);
  await expect(page.getByText('Nothing includes it yet.')).toBeVisible();

  await page.goto(`/${account.org}/agents/${agent.id}`);
  const instructions = page.getByRole('textbox', { name: 'Instructions' });
  await instructions.click();
  await page.keyboard.type('{{> no');
  await expect(page.getByText('There is no partial “no”.')).toHaveCount(0);
  await page.keyboard.type('ne}} ');
  await expect(page.getByText('There is no partial “none”.')).toBeVisible();
  await expect(page.locator('.cm-chip-unknown')).toHaveText('{{> none}}');
  await page.getByRole('textbox', { name: 'Message' }).fill('Go');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText('take {{> none}} out of the instructions.')).toBeVisible();

  await instructions.fill('');
  await instructions.click();
  await page.keyboard.type('{{>gr');
  const option = page.getByRole('option', { name: /greeting/ });
  await expect(option).toBeVisible();
  await expectAccessible(page);
  // What was typed in the last moment is not taken for a choice.
  await expect(async () => {
    await page.keyboard.press('Enter');
    await expect(instructions).toHaveText('{{> greeting}}', { timeout: 500 });
  }).toPass();
  await expect(page.locator('.cm-chip')).toHaveText('{{> greeting}}');
  await expect(page.getByText('Used but not declared: {{customer}}')).toBeVisible();
  await page.getByRole('button', { name: 'Declare' }).click();
  await page.getByRole('textbox', { name: 'Default of customer' }).fill('Kim');

  await page.getByRole('button', { name: 'greeting' }).click();
  const text = page.getByRole('dialog', { name: 'Text of greeting' });
  await expect(text.getByText('say Hello {{customer}}.')).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Partial', exact: true }).click();
  await page.getByRole('option', { name: /greeting/ }).click();
  await expect(instructions).toBeFocused();
  await expect(instructions).toHaveText('{{> greeting}}{{> greeting}}');
  await page.keyboard.press('ControlOrMeta+z');
  await expect(instructions).toHaveText('{{> greeting}}');

  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await page.getByRole('textbox', { name: 'Message' }).fill('Again');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByRole('log', { name: 'Test conversation' }).getByText('Hello Kim.')).toBeVisible();
});

test('what is published is older than its partial until it is published again; the partial tells by whom', async ({
  page,
  account,
}) => {
  const { ctx, org } = account;
  await createPartial(ctx, { name: 'tone', description: '', text: 'Be warm.' });
  const agent = await makeAgent(ctx, { instructions: 'Help. {{> tone}}' });
  await page.goto(`/${org}/agents/${agent.id}`);
  await expect(page.getByRole('button', { name: 'Published' })).toBeDisabled();

  await page.goto(`/${org}/agents/partials/tone`);
  const uses = page.getByRole('region', { name: 'Used by' });
  await expect(uses.getByText('v1')).toBeVisible();
  const text = page.getByRole('textbox', { name: 'Text' });
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled();
  await text.fill('Be brief.');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(uses.getByText('older text')).toBeVisible();
  await expectAccessible(page);

  await uses.getByRole('link', { name: 'Test agent' }).click();
  await expect(page.getByText('Version 1 has an older text of tone.')).toBeVisible();
  await page.getByRole('button', { name: 'Publish' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Partial tone')).toBeVisible();
  await expect(dialog.getByText('Be brief.')).toBeVisible();
  await expect(dialog.getByText('Instructions', { exact: true })).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByRole('button', { name: 'Published' })).toBeDisabled();
  await expect(page.getByText('has an older text')).toHaveCount(0);
  await page.goto(`/${org}/agents/${agent.id}/versions?from=1&to=2`);
  await expect(page.getByText('Partial tone')).toBeVisible();
});

test('a partial that changes while the publish dialog is open is shown before it is published', async ({
  page,
  account,
}) => {
  const { ctx, org } = account;
  await createPartial(ctx, { name: 'tone', description: '', text: 'Be warm.' });
  const agent = await makeAgent(ctx, { instructions: 'Help. {{> tone}}' });
  await changePartial(ctx, { name: 'tone', revision: 1, description: '', text: 'Be brief.' });
  await page.goto(`/${org}/agents/${agent.id}`);
  await page.getByRole('button', { name: 'Publish' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Be brief.')).toBeVisible();
  await changePartial(ctx, { name: 'tone', revision: 2, description: '', text: 'Be rude.' });
  await dialog.getByRole('button', { name: 'Publish' }).click();
  await expect(dialog.getByRole('alert')).toContainText('tone changed since you looked');
  await expect(dialog.getByText('Be rude.')).toBeVisible();
  expect(await getAgent(ctx, { agentId: agent.id })).toMatchObject({ publishedVersion: 1 });
  await dialog.getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByText('Version 2 is live')).toBeVisible();
});

test('a partial in use is not deleted; a new name reaches the drafts, and a second writer is told', async ({
  page,
  account,
}) => {
  const { ctx, org } = account;
  await createPartial(ctx, { name: 'tone', description: '', text: 'Be warm.' });
  const agent = await makeAgent(ctx, { instructions: 'Help. {{> tone}}' });
  await page.goto(`/${org}/agents/partials/tone`);
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('It is included by Test agent. Take {{> tone}} out there first.')).toBeVisible();
  await page.keyboard.press('Escape');

  await changePartial(ctx, { name: 'tone', revision: 1, description: '', text: 'Be brief.' });
  await page.getByRole('textbox', { name: 'Name' }).fill('voice');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Somebody saved this partial after you opened it.')).toBeVisible();
  await page.reload();
  await page.getByRole('textbox', { name: 'Name' }).fill('voice');
  await expect(page.getByText('Drafts and partials that include it are changed with it')).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL('**/agents/partials/voice');
  await expect(page.getByRole('textbox', { name: 'Text' })).toHaveText('Be brief.');
  expect((await getAgent(ctx, { agentId: agent.id })).draft.instructions).toBe('Help. {{> voice}}');

  await createPartial(ctx, { name: 'spare', description: 'Of no use', text: 'x' });
  await page.goto(`/${org}/agents/partials?q=use`);
  await page.getByRole('link', { name: 'spare' }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await page.waitForURL('**/agents/partials');
  await expect(page.getByRole('link', { name: 'voice' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'spare' })).toHaveCount(0);
});
