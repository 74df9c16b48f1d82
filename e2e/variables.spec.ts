import { AxeBuilder } from '@axe-core/playwright';
import { makeAgent } from '../server/testing/factories';
import { expect, test } from './fixtures/account';

test('a variable gets a type and must be given; a run without it says so', async ({ page, account }) => {
  const agent = await makeAgent(account.ctx, {
    instructions: '#script\nsay Hello {{customer}}, in a {{tone}} way.',
    model: 'sandbox/scripted',
    variables: [
      { name: 'tone', description: '', default: '' },
      { name: 'customer', description: '', default: '' },
    ],
  });
  await page.goto(`/${account.org}/agents/${agent.id}`);
  const section = page.getByRole('region', { name: 'Variables' });
  await section.getByRole('combobox', { name: 'Type of tone' }).click();
  await page.getByRole('option', { name: 'Choice' }).click();
  await expect(section.getByText('Write what may be chosen.')).toBeVisible();
  await section.getByRole('textbox', { name: 'Choices of tone' }).fill('formal, friendly');
  await section.getByRole('textbox', { name: 'Default of tone' }).fill('rude');
  await expect(section.getByText('The default must be one of: formal, friendly.')).toBeVisible();
  await section.getByRole('textbox', { name: 'Default of tone' }).fill('formal');
  await section.getByRole('checkbox', { name: 'customer is required' }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();

  await page.getByRole('textbox', { name: 'Message' }).fill('Go');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText('The variable customer must be given.')).toBeVisible();
  await page.getByRole('button', { name: 'Variables' }).click();
  await page.getByRole('textbox', { name: 'customer (required)' }).fill('Kim');
  await page.getByRole('combobox', { name: 'tone', exact: true }).click();
  await page.getByRole('option', { name: 'friendly' }).click();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.getByRole('button', { name: 'Send' }).click();
  const conversation = page.getByRole('log', { name: 'Test conversation' });
  await expect(conversation.getByText('Hello Kim, in a friendly way.')).toBeVisible();
});
