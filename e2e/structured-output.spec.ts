import { AxeBuilder } from '@axe-core/playwright';
import { getAgent } from '../server/agents/service';
import { makeAgent } from '../server/testing/factories';
import { expect, test } from './fixtures/account';

test('the shape of an answer is edited as fields and as JSON; a test shows the parsed value, and so do run page and API', async ({
  page,
  account,
}) => {
  const agent = await makeAgent(account.ctx, { tools: [{ name: 'calculator' }] });
  await page.goto(`/${account.org}/agents/${agent.id}`);
  const section = page.getByRole('region', { name: 'Output' });
  await section.getByRole('switch', { name: 'JSON' }).click();
  await section.getByRole('textbox', { name: 'Name of answer' }).fill('total');
  await section.getByRole('combobox', { name: 'Type of total' }).click();
  await page.getByRole('option', { name: 'Number', exact: true }).click();
  await section.getByRole('button', { name: 'Add a field' }).click();
  await expect(section.getByText('Give every field a name.')).toBeVisible();
  await section.getByRole('textbox', { name: 'Name of field 2' }).fill('unit');
  await section.getByRole('combobox', { name: 'Type of unit' }).click();
  await page.getByRole('option', { name: 'Choice' }).click();
  await section.getByRole('textbox', { name: 'Choices of unit' }).fill('kg, lb');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

  await page.getByRole('textbox', { name: 'Message' }).fill('How much is 12 * 4 lb?');
  await page.keyboard.press('ControlOrMeta+Enter');
  const conversation = page.getByRole('log', { name: 'Test conversation' });
  await expect(conversation.getByRole('listitem').filter({ hasText: 'total48' })).toBeVisible();
  await expect(conversation.getByRole('listitem').filter({ hasText: 'unitlb' })).toBeVisible();

  await section.getByRole('tab', { name: 'JSON Schema' }).click();
  const text = section.getByRole('textbox', { name: 'JSON Schema' });
  await text.fill('{"type": ');
  await expect(section.getByText('This is not JSON yet')).toBeVisible();
  await text.fill(
    '{"type": "object", "properties": {"total": {"type": "number", "minimum": 50}}, "required": ["total"]}',
  );
  await expect(section.getByText('This schema says more than fields can show.')).toBeVisible();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  const { draft, draftRevision } = await getAgent(account.ctx, { agentId: agent.id });
  expect(draft.output?.schema).toMatchObject({ properties: { total: { minimum: 50 } } });
  expect(draftRevision).toBeGreaterThan(1);

  const ended = await account.api<{ id: string; outputJson: object }>(`/agents/${agent.id}/runs`, {
    input: 'How much is 30 * 3?',
    version: 'draft',
  });
  expect(ended.outputJson).toEqual({ total: 90 });
  await page.goto(`/${account.org}/runs/${ended.id}`);
  await expect(page.getByRole('listitem').filter({ hasText: 'total90' })).toBeVisible();
});
