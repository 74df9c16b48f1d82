import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './fixtures/account';

test('an agent is begun from the gallery, which says what it may touch, and answers at once', async ({
  page,
  account,
}) => {
  await page.goto(`/${account.org}/agents`);
  await page.getByRole('button', { name: 'New agent' }).click();
  const dialog = page.getByRole('dialog', { name: 'New agent' });
  await expect(dialog.getByRole('radio')).toHaveCount(11);
  // What is below the edge shows that it is there.
  const list = dialog.locator('.scroll-edge');
  expect(await list.evaluate((one) => one.scrollHeight > one.clientHeight)).toBe(true);
  await expect(list).toHaveCSS('background-attachment', 'local, scroll');
  await dialog.getByLabel('Find a template').fill('web_search');
  await dialog.getByRole('radio').click();
  await expect(dialog.getByText('a key for Tavily')).toBeVisible();
  await expect(dialog.getByText('whoever writes a page can learn that it was read')).toBeVisible();
  await dialog.getByLabel('Find a template').fill('no such thing');
  await expect(dialog.getByText('No template matches.')).toBeVisible();
  await dialog.getByLabel('Find a template').fill('');
  await dialog.getByRole('radio', { name: /^Invoice reader/ }).click();
  await expect(dialog.getByText('Nothing: it works as it is.')).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await dialog.getByRole('button', { name: 'Create agent' }).click();
  await expect(page.getByRole('heading', { name: 'Invoice reader' })).toBeVisible();
  await page.getByRole('button', { name: /^Total 1,249.50 EUR/ }).click();
  const conversation = page.getByRole('log', { name: 'Test conversation' });
  await expect(conversation.getByRole('listitem').filter({ hasText: 'total1249.5' })).toBeVisible();
});
