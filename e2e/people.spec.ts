import { expect, makeAccount, signIn, test } from './fixtures/account';

test('nobody gets in with a wrong password, and the page says the same for no account', async ({
  page,
  account,
  context,
}) => {
  await context.clearCookies();
  for (const email of [account.email, 'nobody@example.test']) {
    await page.goto('/sign-in');
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('alert').filter({ hasText: /\S/ })).toContainText(/e-mail.*password|password.*e-mail/i);
  }
});

test('signing in leads back to the page that was asked for', async ({ page, account, context }) => {
  await context.clearCookies();
  await page.goto(`/${account.org}/runs`);
  await page.getByLabel('E-mail').fill(account.email);
  await page.getByLabel('Password').fill(account.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`**/${account.org}/runs`);
});

test('signing in leads to no other site, however it is written', async ({ page, account, context }) => {
  for (const next of [
    '//elsewhere.example',
    '/\\elsewhere.example',
    '/\t/elsewhere.example',
    'https://elsewhere.example',
  ]) {
    await context.clearCookies();
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await page.getByLabel('E-mail').fill(account.email);
    await page.getByLabel('Password').fill(account.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`**/${account.org}`);
  }
});

test('signing out everywhere ends the other browser on its next request', async ({
  page,
  account,
  browser,
  baseURL,
}) => {
  const other = await browser.newContext({ baseURL });
  await signIn(other, account);
  const second = await other.newPage();
  await second.goto(`/${account.org}/agents`);
  await expect(second.getByRole('heading', { name: 'Agents' })).toBeVisible();

  await page.goto(`/${account.org}/settings/sessions`);
  await page.getByRole('button', { name: 'Sign out elsewhere' }).click();
  await expect(page.getByText('Signed out everywhere else')).toBeVisible();
  await expect.poll(async () => (await other.request.get('/api/auth/session')).json()).toBeNull();
  await second.goto(`/${account.org}/agents`);
  await second.waitForURL('**/sign-in**');
  await other.close();
});

test("another organization's pages do not exist", async ({ page, account, baseURL }) => {
  const other = await makeAccount(baseURL ?? '', 'Eve');
  await page.goto(`/${other.org}/agents`);
  await expect(page.getByRole('heading', { name: 'There is nothing at this address' })).toBeVisible();
  await page.goto(`/${account.org}/agents`);
  await expect(page.getByRole('heading', { name: 'Agents' })).toBeVisible();
});

test('an API key is shown once, works, and is refused after it was revoked', async ({ page, account, request }) => {
  await page.goto(`/${account.org}/settings/api-keys`);
  await page.getByRole('button', { name: 'New key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Deploy');
  await dialog.getByRole('button', { name: /create/i }).click();
  const token = await page.getByLabel('API key', { exact: true }).inputValue();
  expect(token).toMatch(/^sk_live_/);
  const list = () => request.get('/api/v1/agents', { headers: { authorization: `Bearer ${token}` } });
  expect((await list()).status()).toBe(200);
  await page.keyboard.press('Escape');
  await page.reload();
  await expect(page.getByText(token)).toHaveCount(0);
  const row = page.getByRole('listitem').filter({ hasText: 'Deploy' });
  await row.getByRole('button', { name: /revoke/i }).click();
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: /revoke/i })
    .click();
  await expect.poll(async () => (await list()).status()).toBe(401);
});
