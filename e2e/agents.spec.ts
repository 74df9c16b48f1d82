import { saveDraft } from '../server/agents/service';
import { makeAgent } from '../server/testing/factories';
import { expect, test } from './fixtures/account';

test('an agent is edited, saved by itself, published with its diff, and rolled back', async ({ page, account }) => {
  const agent = await makeAgent(account.ctx);
  await page.goto(`/${account.org}/agents/${agent.id}`);
  const instructions = page.getByRole('textbox', { name: 'Instructions' });
  await instructions.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('Answer like a pirate.');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await page.reload();
  await expect(instructions).toContainText('Answer like a pirate.');

  await page.getByRole('button', { name: /^Publish/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Answer like a pirate.')).toBeVisible();
  await dialog.getByLabel('Note').fill('Arr');
  await dialog.getByRole('button', { name: /^Publish/ }).click();
  await expect(page.getByText('v2', { exact: true }).first()).toBeVisible();

  await page.getByRole('link', { name: /Versions/ }).click();
  await expect(page.getByText('Arr')).toBeVisible();
  await page.getByRole('button', { name: 'Go back to version 1' }).click();
  await page.getByRole('alertdialog').getByRole('button').last().click();
  await expect(page.getByText('Back to version 1')).toBeVisible();
});

test("a second tab's stale draft is a conflict in which neither text is lost", async ({ page, account }) => {
  const agent = await makeAgent(account.ctx);
  await page.goto(`/${account.org}/agents/${agent.id}`);
  const instructions = page.getByRole('textbox', { name: 'Instructions' });
  await expect(instructions).toBeVisible();
  const { name, description, tags, draft } = agent;
  const theirs = { ...draft, instructions: 'From the other tab.' };
  await saveDraft(account.ctx, {
    agentId: agent.id,
    revision: agent.draftRevision,
    name,
    description,
    tags,
    spec: theirs,
  });
  await instructions.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('From this tab.');
  await expect(page.getByText('Conflict').first()).toBeVisible();
  await expect(instructions).toContainText('From this tab.');
  await page
    .getByRole('button', { name: /compare|look/i })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('From the other tab.')).toBeVisible();
  await expect(dialog.getByText('From this tab.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Keep mine' }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
});

test('the list is searched by the address and by the keyboard', async ({ page, account }) => {
  const agent = await makeAgent(account.ctx);
  await page.goto(`/${account.org}/agents?q=nothing-like-it`);
  await expect(page.getByRole('link', { name: agent.name })).toHaveCount(0);
  await page.goto(`/${account.org}/agents`);
  await expect(page.getByRole('link', { name: agent.name }).first()).toBeVisible();
  await page.keyboard.press('/');
  await expect(page.getByLabel('Filter agents')).toBeFocused();
  await page.keyboard.press('Escape');
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByPlaceholder('Search agents, runs, pages and commands').fill('Runs');
  await expect(page.getByRole('option', { name: 'Runs', selected: true })).toBeVisible();
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/${account.org}/runs`);
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await page.waitForURL(`**/${account.org}/agents`);
});
