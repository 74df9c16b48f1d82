import { expect, test } from './fixtures/account';

test('a secret is written, replaced and deleted, and its value is on no page', async ({ page, account }) => {
  const seen: string[] = [];
  page.on('response', async (response) => {
    if (response.url().includes('/api/trpc/')) seen.push(await response.text().catch(() => ''));
  });
  await page.goto(`/${account.org}/settings/secrets`);
  await page.getByRole('button', { name: 'New secret' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(' shop token ');
  await expect(dialog.getByText('Tools write {{secret.SHOP_TOKEN}}.')).toBeVisible();
  const save = dialog.getByRole('button', { name: 'Save secret' });
  await dialog.getByLabel('Value').fill('short');
  await expect(dialog.getByLabel('Name')).toHaveValue('SHOP_TOKEN');
  await expect(save).toBeDisabled();
  await dialog.getByLabel('Value').fill('canary-of-the-shop');
  await dialog.getByLabel('Description (optional)').fill('For the refund desk');
  await save.click();
  const row = page.getByRole('main').getByRole('listitem').filter({ hasText: 'SHOP_TOKEN' });
  await expect(row).toContainText('For the refund desk');
  await expect(row).toContainText('never used');

  await row.getByRole('button', { name: 'Replace SHOP_TOKEN' }).click();
  await expect(dialog.getByLabel('Value')).toHaveValue('');
  await dialog.getByLabel('Value').fill('canary-of-next-year');
  await dialog.getByRole('button', { name: 'Replace value' }).click();
  await expect(dialog).toHaveCount(0);

  await page.reload();
  await expect(row).toBeVisible();
  await row.getByRole('button', { name: 'Delete SHOP_TOKEN' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('No secrets yet')).toBeVisible();
  expect(seen.join('\n')).not.toContain('canary');
});

test('the encryption key is rotated, and everything is encrypted again', async ({ page, account }) => {
  const { createSecret } = await import('../server/secrets/service');
  for (let index = 0; index < 150; index += 1) {
    await createSecret(account.ctx, { name: `KEY_${index}`, value: `value number ${index}`, description: '' });
  }
  await page.goto(`/${account.org}/settings/secrets`);
  await expect(page.getByText('Version 1')).toBeVisible();
  await page.getByRole('button', { name: 'Rotate' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Rotate' }).click();
  await expect(page.getByText('Version 2')).toBeVisible();
  await expect(page.getByText('Everything is encrypted with it: 150 values.')).toBeVisible();
});
