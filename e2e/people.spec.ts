import type { Page } from '@playwright/test';
import { expect, makeAccount, signIn, test } from './fixtures/account';
import { followMail, linkInMail } from './fixtures/mailbox';

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

async function fillSignUp(page: Page, email: string): Promise<void> {
  await page.goto('/sign-up');
  await page.getByLabel('Your name').fill('Grace');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByLabel('Organization').fill(`Org ${email.split('@')[0]}`);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('heading', { name: 'Check your mail' })).toBeVisible();
}

test('an address with an account signs up like any other, on the page and on the wire', async ({
  page,
  account,
  context,
  request,
}) => {
  await context.clearCookies();
  const fresh = `new-${account.org}@example.test`;
  const seen: unknown[] = [];
  for (const email of [account.email, fresh]) {
    await fillSignUp(page, email);
    const form = { name: 'Eve', email, password: 'some password', organization: 'Eves' };
    const signUp = await request.post('/api/trpc/people.signUp', { data: { json: form } });
    const reset = await request.post('/api/trpc/people.requestReset', { data: { json: { email } } });
    seen.push([
      (await page.getByRole('main').innerText()).replaceAll(email, 'address'),
      [signUp.status(), await signUp.text(), reset.status(), await reset.text()],
    ]);
  }
  expect(seen[0]).toEqual(seen[1]);
  await page.goto(`/mailbox?to=${account.email}`);
  await expect(page.getByText('You have an account already').first()).toBeVisible();
});

test('in another browser the link of a sign-up asks for the password', async ({ page, browser, baseURL }) => {
  const email = `${crypto.randomUUID().slice(0, 8)}@example.test`;
  await fillSignUp(page, email);
  const link = await linkInMail(page, email, 'Confirm and start');
  const other = await browser.newContext({ baseURL });
  const second = await other.newPage();
  await second.goto(link);
  await second.getByLabel('Password').fill('somebody else');
  await second.getByRole('button', { name: 'Confirm and start' }).click();
  await expect(second.getByText('Not the password you chose when you signed up.')).toBeVisible();
  await second.getByLabel('Password').fill('correct horse battery');
  await second.keyboard.press('Enter');
  await second.waitForURL(`**/org-${email.split('@')[0]}`);
  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'This link opens nothing' })).toBeVisible();
  await other.close();
});

test('too many wrong passwords: programs are told by 429, the page in words, and a link in a mail lets in', async ({
  page,
  account,
  context,
}) => {
  await context.clearCookies();
  const { csrfToken } = await (await context.request.get('/api/auth/csrf')).json();
  const guess = (email: string) =>
    context.request.post('/api/auth/callback/credentials', {
      form: { csrfToken, email, password: 'wrong' },
      maxRedirects: 0,
    });
  for (const email of [account.email, `nobody-${account.org}@example.test`]) {
    for (let attempt = 0; attempt < 5; attempt += 1) expect((await guess(email)).status()).toBe(302);
    const refused = await guess(email);
    expect(refused.status()).toBe(429);
    expect(Number(refused.headers()['retry-after'])).toBeGreaterThan(0);
  }
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(account.email);
  await page.getByLabel('Password').fill(account.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Too many tries' })).toBeVisible();
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await page.getByLabel('E-mail').fill(account.email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.getByRole('link', { name: 'Open the local mailbox' }).click();
  await page.getByRole('link', { name: 'Choose a new password' }).click();
  await page.getByLabel('New password').fill('a whole new password');
  await page.getByRole('button', { name: 'Save and sign in' }).click();
  await page.waitForURL(`**/${account.org}`);
  await page.goto(`/${account.org}/settings/sessions`);
  const log = page.getByRole('list', { name: 'What happened' });
  for (const text of ['New password by a link', 'New password asked for', 'Wrong password', 'Account created']) {
    await expect(log.getByText(text).first()).toBeVisible();
  }
});

test('password and address are changed in the settings, and the other browser is out', async ({
  page,
  account,
  browser,
  baseURL,
}) => {
  const other = await browser.newContext({ baseURL });
  await signIn(other, account);
  await page.goto(`/${account.org}/settings/account`);
  await page.getByLabel('Current password').fill('not it');
  await page.getByLabel('New password').fill('a whole new password');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await expect(page.getByText('Not your password.')).toBeVisible();
  await page.getByLabel('Current password').fill(account.password);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await expect(page.getByText('Your password is changed')).toBeVisible();
  expect(await (await other.request.get('/api/auth/session')).json()).toBeNull();

  const wanted = `moved-${account.org}@example.test`;
  await page.getByLabel('New address').fill(wanted);
  await page.getByLabel('Your password, for the address').fill('a whole new password');
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.getByRole('link', { name: 'Open the local mailbox' }).click();
  await page.getByRole('link', { name: 'Use this address' }).click();
  await page.getByRole('button', { name: 'Use this address' }).click();
  await expect(page.getByText(wanted)).toBeVisible();
  await page.goto(`/${account.org}/settings/account`);
  await expect(page.getByText(wanted).first()).toBeVisible();
  await followMail(page, account.email, 'It was not me');
  await expect(page.getByRole('heading', { name: 'Choose a new password' })).toBeVisible();
  await other.close();
});

test('the local mailbox is no page for somebody who comes through a proxy', async ({ browser, baseURL }) => {
  const context = await browser.newContext({ baseURL, extraHTTPHeaders: { 'x-forwarded-for': '203.0.113.9' } });
  const page = await context.newPage();
  await page.goto('/mailbox');
  await expect(page.getByText('it is not for everybody')).toBeVisible();
  const list = await context.request.get(`/api/trpc/mailbox.list?input=${encodeURIComponent('{"json":{}}')}`);
  expect(list.status()).toBe(404);
  await context.close();
});
