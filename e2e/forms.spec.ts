import type { Locator } from '@playwright/test';
import { changeVisibility } from '../server/agents/service';
import { makeAgent, makeMember } from '../server/testing/factories';
import { expect, test } from './fixtures/account';

/** What every form does with what is wrong, too long, or pasted with spaces around it. */

test('a form leads to the fields that are wrong, keeps what was typed, and takes what was pasted with spaces', async ({
  page,
  account,
}) => {
  await page.goto(`/${account.org}/tools/new?kind=http`);
  await page.getByLabel('Label', { exact: true }).fill('Order status');
  const description = page.getByLabel('Description', { exact: true });
  await description.fill('x'.repeat(1_200));
  await page.getByLabel('Address').fill('orders');
  await page.getByRole('button', { name: 'Create tool' }).click();
  const problem = page.locator('form').getByRole('alert');
  await expect(problem).toHaveText('Not saved. Look at Description and Address.');
  await expect(description).toBeFocused();
  await expect(description).toHaveValue('x'.repeat(1_200));
  await expect(page.getByText('At most 1,000 characters.')).toBeVisible();
  await problem.getByRole('button', { name: 'Address' }).click();
  await expect(page.getByLabel('Address')).toBeFocused();
  await description.fill('The status of an order.');
  await page.getByLabel('Address').fill('  https://example.com/orders ');
  await page.getByRole('button', { name: 'Create tool' }).click();
  await page.waitForURL('**/tools/order_status');
  await expect(page.getByLabel('Address')).toHaveValue('https://example.com/orders');

  await page.goto(`/${account.org}/connectors`);
  await page.getByRole('button', { name: 'New connector' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(' Our Shop ');
  await dialog.getByLabel('Host').fill('https://db');
  await dialog.getByLabel('Port').fill('99999');
  await dialog.getByLabel('Database').fill('shop');
  await dialog.getByLabel('User').fill('reader');
  await dialog.getByLabel('Password').fill('secret');
  await dialog.getByRole('button', { name: 'Save and test' }).click();
  await expect(dialog.getByRole('alert')).toHaveText('Not saved. Look at Host and Port.');
  await expect(dialog.getByText('At most 65,535.')).toBeVisible();
  await expect(dialog.getByLabel('Name')).toHaveValue('our-shop');
});

test('a document that is too large to be sent is told so', async ({ page, account }) => {
  await page.goto(`/${account.org}/tools/import`);
  const text = page.getByLabel('Or the document itself');
  await text.fill('x'.repeat(950_000));
  await page.getByRole('button', { name: 'Read' }).click();
  await expect(page.getByText('At most 900,000 characters.')).toBeVisible();
  await text.fill('x'.repeat(1_200_000));
  await page.getByRole('button', { name: 'Read' }).click();
  await expect(page.getByText('The body is larger than 1024 KB. Send less at once.')).toBeVisible();
});

test('the editor tells of a scorer that is no JavaScript, of an approver who sees nothing, and forgets both when they change', async ({
  page,
  account,
}) => {
  const { ctx } = account;
  const member = await makeMember(ctx, 'developer');
  if (member.actor.type !== 'user') throw new Error('no user');
  const agent = await makeAgent(
    ctx,
    {
      tools: [
        {
          name: 'calculator',
          approval: { mode: 'ask', notByStarter: false, decider: { type: 'member', userId: member.actor.id } },
        },
      ],
      guardrails: { input: [{ type: 'scorer', name: 'Short', code: 'return 1;', least: 0.5 }], output: [] },
    },
    false,
  );
  await page.goto(`/${account.org}/agents/${agent.id}`);
  await expect(page.getByText('does not see this private agent')).toHaveCount(0);
  await changeVisibility(ctx, { agentId: agent.id, visibility: 'private' });
  await page.reload();
  await expect(page.getByText('developer does not see this private agent, and could not decide.')).toBeVisible();
  await page.getByRole('combobox', { name: 'Who decides about Calculator' }).click();
  await page.getByRole('option', { name: 'Owners and admins' }).click();
  await expect(page.getByText('does not see this private agent')).toHaveCount(0);

  const code = page.getByRole('textbox', { name: 'JavaScript' });
  await code.fill('return {{{;');
  await expect(page.getByText(/This is not JavaScript yet/).first()).toBeVisible();
  await expect(code).toHaveAttribute('aria-invalid', 'true');
  await code.fill('return 0.9;');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await expect(page.getByText(/This is not JavaScript yet/)).toHaveCount(0);
});

test('a finger beside the box of an agent marks it, and does not open it', async ({ page, account }) => {
  await makeAgent(account.ctx);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/${account.org}/agents`);
  const box = page.getByRole('checkbox', { name: 'Select Test agent' });
  const place = await box.boundingBox();
  if (!place) throw new Error('no box');
  await page.mouse.click(place.x + place.width + 4, place.y - 3);
  await expect(box).toBeChecked();
});

test('a number that is taken out stays out, and is asked for', async ({ page, account }) => {
  await page.goto(`/${account.org}/tools/new?kind=http`);
  await page.getByLabel('Label', { exact: true }).fill('Order status');
  await page.getByLabel('Description', { exact: true }).fill('The status of an order.');
  await page.getByLabel('Address').fill('https://example.com/orders');
  const timeout = page.getByLabel('Time-out');
  await timeout.fill('');
  await page.getByLabel('Retries').fill('');
  await page.getByRole('button', { name: 'Create tool' }).click();
  await expect(page.locator('form').getByRole('alert')).toHaveText('Not saved. Look at Time-out and Retries.');
  await expect(timeout).toBeFocused();
  await expect(timeout).toHaveValue('');
  await timeout.fill('5');
  await page.getByLabel('Retries').fill('0');
  await page.getByRole('button', { name: 'Create tool' }).click();
  await page.waitForURL('**/tools/order_status');
  await expect(timeout).toHaveValue('5');

  await page.goto(`/${account.org}/tools/servers/new`);
  await page.getByLabel('Name').fill('orders');
  await page.getByLabel('Address').fill('https://example.com/mcp');
  await page.getByLabel('Time-out of a call').fill('');
  await page.getByRole('button', { name: 'Connect' }).click();
  await expect(page.locator('form').getByRole('alert')).toHaveText('Not saved. Look at Time-out of a call.');

  const agent = await makeAgent(account.ctx);
  await page.goto(`/${account.org}/agents/${agent.id}`);
  await page.getByLabel('Dollars').fill('');
  await page.getByLabel('Steps').focus();
  await expect(page.getByLabel('Dollars')).toHaveValue('');
  await expect(page.getByRole('region', { name: 'Limits' }).getByText('A number.')).toBeVisible();
});

test('a text that is too long stays as it was pasted, and is told of', async ({ page, account }) => {
  const agent = await makeAgent(account.ctx);
  const paste = async (field: Locator, length: number) => {
    // Of words: a browser takes minutes for one that is so long.
    const text = `${'pasted '.repeat(length / 7).slice(0, length - 1)}.`.padStart(length, 'x');
    await field.fill(text);
    await expect(field).toHaveValue(text);
  };
  await page.goto(`/${account.org}/agents/${agent.id}`);
  const details = page.getByRole('region', { name: 'Details' });
  await paste(details.getByLabel('Description'), 501);
  await expect(details.getByText('At most 500 characters.')).toBeVisible();
  const starters = page.getByRole('region', { name: 'Starter prompts' });
  await starters.getByRole('button', { name: 'Add' }).click();
  await paste(starters.getByLabel('Starter prompt 1', { exact: true }), 501);
  await expect(starters.getByText('At most 500 characters.')).toBeVisible();
  await paste(page.getByRole('textbox', { name: 'Message' }), 200_001);
  await expect(page.getByText('At most 200,000 characters; these are 200,001.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send' })).toBeDisabled();

  await page.goto(`/${account.org}/agents`);
  await paste(page.getByLabel('Filter agents'), 201);
  await expect(page.getByText('Only the first 200 characters are looked for.')).toBeVisible();
  await page.getByRole('button', { name: 'New agent' }).first().click();
  const dialog = page.getByRole('dialog');
  await paste(dialog.getByLabel('Name'), 101);
  await expect(dialog.getByText('At most 100 characters.')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Create agent' })).toBeDisabled();
});

test('without another model to ask, the editor says where one comes from', async ({ page, account }) => {
  const agent = await makeAgent(account.ctx, { model: 'sandbox/assistant' });
  await page.goto(`/${account.org}/agents/${agent.id}`);
  const section = page.getByRole('region', { name: 'Model' });
  await expect(section.getByRole('button', { name: 'Add a fallback model' })).toHaveCount(0);
  await section.getByRole('link', { name: "add a provider's key" }).click();
  await page.waitForURL('**/settings/providers');
});
