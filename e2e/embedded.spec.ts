import { expect, test } from '@playwright/test';

/** One whole journey on the server as it comes: sign up, first agent, first answer, the run afterwards. */
test('from sign-up to a first run and back to it, on the embedded database', async ({ page }) => {
  await page.goto('/');
  await page
    .getByRole('link', { name: /sign up|create an account|get started/i })
    .first()
    .click();
  await page.getByLabel('Your name').fill('Grace');
  await page.getByLabel('E-mail').fill('grace@example.test');
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByLabel('Organization').fill('Compilers');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('link', { name: 'Open the local mailbox' }).click();
  await page.getByRole('link', { name: 'Confirm and start' }).click();

  await page.waitForURL('**/compilers');
  await page.getByRole('button', { name: 'Make an assistant' }).click();
  await page.waitForURL('**/compilers/agents/**');
  const message = page.getByRole('textbox', { name: 'Message' });
  await expect(message).toBeFocused();
  await message.fill('What is 17 % of 2,499?');
  await page.keyboard.press('Control+Enter');
  const conversation = page.getByRole('log', { name: 'Test conversation' });
  await expect(conversation.getByText('424.83')).toBeVisible();

  await page.getByRole('link', { name: 'Runs' }).click();
  await page.getByRole('link', { name: /17 % of 2,499/ }).click();
  await page.waitForURL('**/compilers/runs/**');
  await expect(page.getByText('Completed').first()).toBeVisible();
  await expect(page.getByRole('region', { name: 'Waterfall' }).getByText('Calculator')).toBeVisible();
});
