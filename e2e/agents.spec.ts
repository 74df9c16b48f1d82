import type { Page } from '@playwright/test';
import { getAgent, saveDraft } from '../server/agents/service';
import { makeAgent } from '../server/testing/factories';
import { type Account, expect, test } from './fixtures/account';

const conversationOf = (page: Page) => page.getByRole('log', { name: 'Test conversation' });

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.keyboard.press('ControlOrMeta+Enter');
}

/** Somebody else saves the draft, then the person at the page writes their own. */
async function collide(page: Page, { ctx, org }: Account, theirs: string, mine: string): Promise<string> {
  const { id, name, description, tags, draft, draftRevision: revision } = await makeAgent(ctx);
  await page.goto(`/${org}/agents/${id}`);
  const instructions = page.getByRole('textbox', { name: 'Instructions' });
  await expect(instructions).toBeVisible();
  await saveDraft(ctx, { agentId: id, revision, name, description, tags, spec: { ...draft, instructions: theirs } });
  await instructions.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(mine);
  await expect(page.getByText('Conflict').first()).toBeVisible();
  return id;
}

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
  await collide(page, account, 'From the other tab.', 'From this tab.');
  await expect(page.getByRole('textbox', { name: 'Instructions' })).toContainText('From this tab.');
  await page.getByRole('button', { name: 'Compare and choose' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('From the other tab.')).toBeVisible();
  await expect(dialog.getByText('From this tab.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Keep mine' }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
});

test('in a conflict, mine is copied and theirs is taken', async ({ page, account, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const agentId = await collide(page, account, 'From the other tab.', 'From this tab.');
  await page.getByRole('button', { name: 'Compare and choose' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Copy mine' }).click();
  await expect(dialog.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('From this tab.');
  await dialog.getByRole('button', { name: 'Take theirs' }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  const instructions = page.getByRole('textbox', { name: 'Instructions' });
  await expect(instructions).toHaveText('From the other tab.');
  await instructions.click();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type(' And more.');
  await expect
    .poll(async () => (await getAgent(account.ctx, { agentId })).draft.instructions)
    .toBe('From the other tab. And more.');
});

test('what cannot be saved says so at the field, and nothing typed is lost', async ({ page, account }) => {
  const agent = await makeAgent(account.ctx);
  await page.goto(`/${account.org}/agents/${agent.id}`);
  await expect(page.getByRole('textbox', { name: 'Instructions' })).toBeVisible();
  const temperature = page.getByLabel('Temperature');
  await temperature.fill('9');
  await expect(temperature).toHaveAttribute('aria-invalid', 'true');
  await expect(temperature).toHaveAccessibleDescription(/2/);
  await page.getByLabel('Name', { exact: true }).fill('');
  await page.getByLabel('Description').fill('Typed while something was wrong.');
  await page.getByRole('link', { name: 'Runs' }).click();
  await page.waitForURL('**/runs');
  await page.goBack();
  await expect(page.getByLabel('Description')).toHaveValue('Typed while something was wrong.');
  await expect(temperature).toHaveValue('9');
  await page.getByRole('button', { name: 'Not saved: 2 fields to fix' }).click();
  await expect(temperature).toBeFocused();
  await temperature.fill('0.5');
  await page.getByRole('button', { name: 'Not saved: 1 field to fix' }).click();
  const name = page.getByLabel('Name', { exact: true });
  await expect(name).toBeFocused();
  await name.fill('Careful agent');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Description')).toHaveValue('Typed while something was wrong.');
  await expect(temperature).toHaveValue('0.5');
});

test('any model is chosen by typing its name', async ({ page, account }) => {
  const agent = await makeAgent(account.ctx);
  await page.goto(`/${account.org}/agents/${agent.id}`);
  await page.getByRole('button', { name: /^Model/ }).click();
  await page.getByPlaceholder('Find, or type provider/model').fill('openai-compatible/llama-4');
  await expect(page.getByRole('option', { name: 'Use openai-compatible/llama-4', selected: true })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /^Model openai-compatible\/llama-4/ })).toBeFocused();
  await expect
    .poll(async () => (await getAgent(account.ctx, { agentId: agent.id })).draft.model)
    .toBe('openai-compatible/llama-4');
});

test('an agent is archived, brought back by the toast, and restored from its menu', async ({ page, account }) => {
  const agent = await makeAgent(account.ctx);
  await page.goto(`/${account.org}/agents`);
  const link = page.getByRole('link', { name: agent.name, exact: true });
  await page.getByRole('button', { name: `Actions for ${agent.name}` }).click();
  await page.getByRole('menuitem', { name: 'Archive' }).click();
  await expect(link).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(link).toBeVisible();
  await link.click();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Archive' }).click();
  await expect(page.getByText('This agent is archived. Restore it to run it.')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeDisabled();
  await expect(page.getByRole('textbox', { name: 'Instructions' })).toHaveAttribute('contenteditable', 'false');
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Restore' }).click();
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeEnabled();
  await expect(page.getByRole('textbox', { name: 'Instructions' })).toHaveAttribute('contenteditable', 'true');
});

test('variables are filled in at the composer; the default otherwise', async ({ page, account }) => {
  const agent = await makeAgent(account.ctx, {
    model: 'sandbox/scripted',
    instructions: '#script\nsay Hello {{guest}}.',
    variables: [{ name: 'guest', description: '', default: 'stranger' }],
  });
  await page.goto(`/${account.org}/agents/${agent.id}`);
  await say(page, 'Hi');
  await expect(conversationOf(page).getByText('Hello stranger.')).toBeVisible();
  await page.getByRole('button', { name: 'Variables' }).click();
  await page.getByLabel('guest', { exact: true }).fill('Grace');
  await say(page, 'Hi again');
  await expect(conversationOf(page).getByText('Hello Grace.')).toBeVisible();
});

test('what a stopped answer had said is still there after a reload', async ({ page, account }) => {
  const agent = await makeAgent(account.ctx, { model: 'sandbox/scripted' });
  await page.goto(`/${account.org}/agents/${agent.id}`);
  await say(page, `#script\nevery 50\nsay ${Array.from({ length: 400 }, (_, i) => `w${i}`).join(' ')}`);
  const answer = conversationOf(page).getByText(/^w0 w1 w2 w3/);
  await expect(answer).toBeVisible();
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(conversationOf(page).getByText('Cancelled').first()).toBeVisible();
  await expect(answer).toBeVisible();
  await page.reload();
  await expect(answer).toHaveCount(1);
  await expect(conversationOf(page).getByText('Cancelled').first()).toBeVisible();
});

test('a reload in the middle of an answer shows the whole of it once', async ({ page, account }) => {
  const agent = await makeAgent(account.ctx, { model: 'sandbox/scripted' });
  await page.goto(`/${account.org}/agents/${agent.id}`);
  const words = Array.from({ length: 60 }, (_, i) => `w${i}`).join(' ');
  const script = `#script\nevery 50\nsay ${words}`;
  await say(page, script);
  await expect(conversationOf(page).getByText(/^w0 w1 w2 w3/)).toBeVisible();
  await page.reload();
  await expect(conversationOf(page).getByText(words, { exact: true })).toHaveCount(1);
  await expect(conversationOf(page).getByText(script, { exact: true })).toHaveCount(1);
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
