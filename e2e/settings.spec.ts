import { listMembers } from '../server/organizations/service';
import { addMember, makeAgent } from '../server/testing/factories';
import { expect, makeAccount, signIn, test } from './fixtures/account';
import { startModelServer } from './fixtures/model-server';

test('the organization is renamed, and its address stays', async ({ page, account }) => {
  await page.goto(`/${account.org}/settings`);
  const name = page.getByLabel('Name', { exact: true });
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
  await name.fill('');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(name).toHaveAttribute('aria-invalid', 'true');
  await name.fill('Analytical Engines');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: /Analytical Engines/ }).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
  await page.reload();
  await expect(name).toHaveValue('Analytical Engines');
});

test('a new workspace narrows the lists, takes new agents, and goes along from page to page', async ({
  page,
  account,
}) => {
  const elsewhere = await makeAgent(account.ctx);
  await page.goto(`/${account.org}/settings`);
  await page.getByLabel('New workspace').fill('Field tests');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Field tests' })).toBeVisible();

  await page.goto(`/${account.org}/agents?q=agent`);
  await expect(page.getByRole('link', { name: elsewhere.name, exact: true })).toBeVisible();
  await page.getByRole('button', { name: /switch organization/i }).click();
  await page.getByRole('menuitemradio', { name: 'Field tests' }).click();
  await page.waitForURL('**/agents?q=agent&workspace=field-tests');
  await expect(page.getByRole('link', { name: elsewhere.name, exact: true })).toHaveCount(0);
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await page.waitForURL('**/runs?workspace=field-tests');
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await page.waitForURL('**/agents?workspace=field-tests');
  await page.getByRole('button', { name: 'Try an example agent' }).click();
  await page.waitForURL('**/agents/*?**');
  await page.goto(`/${account.org}/agents?workspace=field-tests`);
  await expect(page.locator('[data-row-link]')).toHaveCount(1);
});

test('a role is changed and a member removed, after asking', async ({ page, account, baseURL }) => {
  const friend = await makeAccount(baseURL ?? '', 'Linus');
  await addMember(account.ctx, friend.ctx.actor.id, 'developer');
  await page.goto(`/${account.org}/settings/members`);
  await page.getByRole('combobox', { name: 'Role of Linus' }).click();
  await page.getByRole('option', { name: 'Billing' }).click();
  await expect(page.getByText("Linus's role is changed")).toBeVisible();
  await page.getByRole('button', { name: 'Remove Linus' }).click();
  const question = page.getByRole('alertdialog');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: 'Remove Linus' })).toBeFocused();
  await page.keyboard.press('Enter');
  await question.getByRole('button', { name: 'Remove' }).click();
  await expect.poll(async () => (await listMembers(account.ctx)).map(({ email }) => email)).toEqual([account.email]);
  await expect(question).toHaveCount(0);
  await expect(page.getByRole('listitem').filter({ hasText: friend.email })).toHaveCount(0);
});

test('the last owner cannot leave, and is told why', async ({ page, account }) => {
  await page.goto(`/${account.org}/settings/members`);
  await page.getByRole('button', { name: 'Leave the organization' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Leave' }).click();
  await expect(page.getByText(/owner/i).last()).toBeVisible();
  expect(await listMembers(account.ctx)).toHaveLength(1);
});

test('a viewer reads and is offered nothing else', async ({ account, browser, baseURL }) => {
  const agent = await makeAgent(account.ctx);
  const run = await account.api<{ id: string }>(`/agents/${agent.id}/runs`, { input: 'What is 2 + 2?' });
  const viewer = await makeAccount(baseURL ?? '', 'Vera');
  await addMember(account.ctx, viewer.ctx.actor.id, 'viewer');
  const context = await browser.newContext({ baseURL });
  await signIn(context, viewer);
  const page = await context.newPage();

  await page.goto(`/${account.org}/agents`);
  await expect(page.getByRole('link', { name: agent.name, exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'New agent' })).toHaveCount(0);
  await page.getByRole('button', { name: /^Actions for/ }).click();
  await expect(page.getByRole('menuitem')).toHaveText(['Export as YAML']);
  await page.keyboard.press('Escape');
  await page.goto(`/${account.org}/agents/${agent.id}`);
  await expect(page.getByText('Read only')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Publish/ })).toHaveCount(0);
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeDisabled();
  await page.goto(`/${account.org}/runs/${run.id}`);
  await expect(page.getByText('Completed').first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Re-run' })).toHaveCount(0);
  await page.goto(`/${account.org}/settings/members`);
  await expect(page.getByText(account.email)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Invite a member' })).toHaveCount(0);
  await expect(page.getByRole('combobox')).toHaveCount(0);
  for (const hidden of ['API keys', 'Audit']) await expect(page.getByRole('link', { name: hidden })).toHaveCount(0);
  for (const path of ['api-keys', 'audit']) {
    await page.goto(`/${account.org}/settings/${path}`);
    await expect(page.getByText('This needs the permission')).toBeVisible();
  }
  await context.close();
});

test('who looks after the bills sees the people and is told what is not theirs', async ({
  account,
  browser,
  baseURL,
}) => {
  const agent = await makeAgent(account.ctx);
  const clerk = await makeAccount(baseURL ?? '', 'Bill');
  await addMember(account.ctx, clerk.ctx.actor.id, 'billing_admin');
  const context = await browser.newContext({ baseURL });
  await signIn(context, clerk);
  const page = await context.newPage();

  await page.goto(`/${account.org}`);
  await expect(page.getByText('Your role is Billing.')).toBeVisible();
  const rail = page.getByRole('navigation', { name: 'Organization' });
  await expect(rail.getByRole('link')).toHaveText(['Home', 'Spend', 'Settings']);
  for (const path of ['agents', `agents/${agent.id}`, 'runs']) {
    await page.goto(`/${account.org}/${path}`);
    await expect(page.getByText('This needs the permission')).toBeVisible();
  }
  await page.goto(`/${account.org}/settings/members`);
  await expect(page.getByText(account.email)).toBeVisible();
  await context.close();
});

test('one session is ended, then all of them', async ({ page, account, browser, baseURL }) => {
  const other = await browser.newContext({ baseURL, userAgent: 'Mozilla/5.0 (Windows NT 10.0) Firefox/130.0' });
  await signIn(other, account);
  await page.goto(`/${account.org}/settings/sessions`);
  const sessions = page.getByRole('list', { name: 'Sessions' });
  const row = sessions.getByRole('listitem').filter({ hasText: 'Firefox on Windows' });
  await row.getByRole('button', { name: 'Sign out' }).click();
  await expect(row).toHaveCount(0);
  expect(await (await other.request.get('/api/auth/session')).json()).toBeNull();
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/sign-in**');
  await page.goto(`/${account.org}/agents`);
  await page.waitForURL('**/sign-in?next=**');
  await other.close();
});

test("a provider's key is written, never shown again, refused for a private address, and removed", async ({
  page,
  account,
}) => {
  await page.goto(`/${account.org}/settings/providers`);
  const openai = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'OpenAI', exact: true }) });
  await openai.getByRole('button', { name: 'Add a key' }).click();
  await expect(openai.getByLabel('Key')).toBeFocused();
  await openai.getByLabel('Key').fill('sk-proj-abcdefghijklmnop1234');
  await openai.getByLabel(/^Address/).fill('http://10.0.0.1:8080/v1');
  await openai.getByRole('button', { name: 'Save the key' }).click();
  await expect(openai.getByText(/public|private/i)).toBeVisible();
  await expect(openai.getByLabel('Key')).toHaveValue('sk-proj-abcdefghijklmnop1234');
  await openai.getByLabel(/^Address/).fill('');
  await openai.getByRole('button', { name: 'Save the key' }).click();
  await expect(openai.getByText('Key of the organization')).toBeVisible();
  await page.reload();
  await expect(openai.getByText('Key of the organization')).toBeVisible();
  expect(await page.content()).not.toContain('abcdefghijklmnop');
  await openai.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
  await expect(openai.getByText('No key')).toBeVisible();
});

test('what is merely compatible is set up by its address alone', async ({ page, account }) => {
  const server = await startModelServer();
  await page.goto(`/${account.org}/settings/providers`);
  const row = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'OpenAI-compatible' }) });
  await row.getByRole('button', { name: 'Add an address' }).click();
  await expect(row.getByRole('button', { name: 'Save' })).toBeDisabled();
  await row.getByLabel('Address').fill(`${server.url}/v1`);
  await row.getByRole('button', { name: 'Save' }).click();
  await expect(row.getByText('Without a key')).toBeVisible();
  await row.getByRole('button', { name: 'Test' }).click();
  await expect(row.getByText('openai-compatible/served-one answered')).toBeVisible();
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  await server.close();
});

test('an API key has an end, and the audit says who made it', async ({ page, account }) => {
  await page.goto(`/${account.org}/settings/api-keys`);
  await page.getByRole('button', { name: 'New key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Nightly');
  await dialog.getByRole('combobox', { name: 'Expires' }).click();
  await page.getByRole('option', { name: 'In 30 days' }).click();
  await dialog.getByRole('button', { name: 'Create key' }).click();
  await expect(page.getByLabel('API key', { exact: true })).toHaveValue(/^sk_live_/);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('listitem').filter({ hasText: 'Nightly' })).toContainText(
    /expires (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d+/,
  );

  await page.goto(`/${account.org}/settings/audit`);
  await page.getByLabel('Filter the audit').fill('workspace');
  await expect(page.getByRole('button', { name: /api_?key/i })).toHaveCount(0);
  await page.getByLabel('Filter the audit').fill('key');
  const entry = page.getByRole('button', { name: /key.*Ada/i }).first();
  await entry.click();
  await expect(page.getByText('Nightly').first()).toBeVisible();
  await page.getByLabel('Filter the audit').fill('nothing-like-it');
  await expect(page.getByText('No entry matches')).toBeVisible();
});
