import type { Page } from '@playwright/test';
import { listMembers } from '../server/organizations/service';
import { addMember } from '../server/testing/factories';
import { type Account, expect, makeAccount, signIn, test } from './fixtures/account';
import { followMail, linkInMail } from './fixtures/mailbox';

const ACCEPT = 'Accept the invitation';

async function invite(page: Page, account: Account, email: string): Promise<void> {
  await page.goto(`/${account.org}/settings/members`);
  await page.getByRole('button', { name: 'Invite a member' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('E-mail').fill(email);
  await dialog.getByRole('combobox', { name: 'Role' }).click();
  await page.getByRole('option', { name: 'Viewer' }).click();
  await dialog.getByRole('button', { name: 'Invite' }).click();
  await expect(page.getByText(`${email} is invited`)).toBeVisible();
}
const rolesIn = async (account: Account) =>
  Object.fromEntries((await listMembers(account.ctx)).map(({ email, role }) => [email, role]));

test('who has no account joins by the link in their mail, once', async ({ page, account, browser, baseURL }) => {
  const email = `hedy-${account.org}@example.test`;
  await invite(page, account, email);
  await expect(page.getByRole('list', { name: 'Invited' }).getByText('Viewer')).toBeVisible();
  const link = await linkInMail(page, email, ACCEPT);

  const other = await browser.newContext({ baseURL });
  const guest = await other.newPage();
  await guest.goto(link);
  await expect(guest.getByRole('heading', { name: /^Join Team/ })).toBeVisible();
  await guest.getByLabel('Your name').fill('Hedy');
  await guest.getByLabel('Password').fill('frequency hopping');
  await guest.getByRole('button', { name: 'Create account and join' }).click();
  await guest.waitForURL(`**/${account.org}`);
  expect(await rolesIn(account)).toEqual({ [account.email]: 'org_owner', [email]: 'viewer' });

  await guest.goto('/');
  await guest.goto(link);
  await expect(guest.getByRole('heading', { name: 'This link opens nothing' })).toBeVisible();
  await page.goto(`/${account.org}/settings/members`);
  await expect(page.getByRole('list', { name: 'Members' }).getByText('Hedy', { exact: true })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Invited' })).toHaveCount(0);
  await other.close();
});

test('who has an account signs in on the way, and nobody else can take their place', async ({
  page,
  account,
  browser,
  baseURL,
}) => {
  const friend = await makeAccount(baseURL ?? '', 'Linus');
  const thief = await makeAccount(baseURL ?? '', 'Eve');
  await invite(page, account, friend.email);
  const link = await linkInMail(page, friend.email, ACCEPT);

  const other = await browser.newContext({ baseURL });
  await signIn(other, thief);
  const guest = await other.newPage();
  await guest.goto(link);
  await expect(guest.getByRole('alert').filter({ hasText: friend.email })).toBeVisible();
  await expect(guest.getByRole('button', { name: /^Join/ })).toHaveCount(0);
  await guest.getByRole('button', { name: 'Sign out and go on' }).click();
  await guest.getByRole('link', { name: 'Sign in' }).click();
  await guest.waitForURL('**/sign-in?next=/invitation');
  expect(guest.url()).not.toContain(link.split('#')[1] ?? 'nothing');
  await guest.getByLabel('E-mail').fill(friend.email);
  await guest.getByLabel('Password').fill(friend.password);
  await guest.getByRole('button', { name: 'Sign in' }).click();
  await guest.getByRole('button', { name: /^Join Team/ }).click();
  await guest.waitForURL(`**/${account.org}`);
  expect(await rolesIn(account)).toEqual({ [account.email]: 'org_owner', [friend.email]: 'viewer' });
  await other.close();
});

test('a new link takes the place of the old one, and a withdrawn one opens nothing', async ({
  page,
  account,
  browser,
  baseURL,
}) => {
  const email = `late-${account.org}@example.test`;
  await invite(page, account, email);
  const first = await linkInMail(page, email, ACCEPT);
  await page.goto(`/${account.org}/settings/members`);
  await page.getByRole('button', { name: `Send ${email} a new link` }).click();
  await expect(page.getByText(`${email} got a new link`)).toBeVisible();
  await page.goto(`/mailbox?to=${email}`);
  await expect(page.getByRole('list', { name: 'Messages' }).getByRole('listitem')).toHaveCount(2);
  const second = await linkInMail(page, email, ACCEPT);
  expect(second).not.toBe(first);

  const other = await browser.newContext({ baseURL });
  const guest = await other.newPage();
  await guest.goto(first);
  await expect(guest.getByRole('heading', { name: 'This link opens nothing' })).toBeVisible();
  await guest.goto('/');
  await guest.goto(second);
  await expect(guest.getByRole('button', { name: 'Create account and join' })).toBeVisible();

  await page.goto(`/${account.org}/settings/members`);
  await page.getByRole('button', { name: `Withdraw the invitation of ${email}` }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Withdraw' }).click();
  await expect(page.getByText(email)).toHaveCount(0);
  await guest.getByLabel('Your name').fill('Late');
  await guest.getByLabel('Password').fill('better late than');
  await guest.getByRole('button', { name: 'Create account and join' }).click();
  await expect(guest.getByRole('alert').filter({ hasText: /withdrawn/ })).toBeVisible();
  expect(Object.keys(await rolesIn(account))).toEqual([account.email]);
  await other.close();
});

test('ownership is transferred after its name was typed, and who is removed is out at once', async ({
  page,
  account,
  browser,
  baseURL,
}) => {
  const heir = await makeAccount(baseURL ?? '', 'Heir');
  await addMember(account.ctx, heir.ctx.actor.id, 'developer');
  const other = await browser.newContext({ baseURL });
  await signIn(other, heir);
  const theirs = await other.newPage();

  await page.goto(`/${account.org}/settings/members`);
  await page.getByRole('button', { name: 'Transfer ownership to Heir' }).click();
  const question = page.getByRole('alertdialog');
  await expect(question.getByRole('button', { name: 'Transfer ownership' })).toBeDisabled();
  await question.getByLabel(/^Type/).fill(account.ctx.org.name);
  await question.getByRole('button', { name: 'Transfer ownership' }).click();
  await expect(page.getByText('Heir is the owner')).toBeVisible();
  expect(await rolesIn(account)).toEqual({ [account.email]: 'org_admin', [heir.email]: 'org_owner' });

  await theirs.goto(`/${account.org}/settings/members`);
  await theirs.getByRole('button', { name: 'Remove Ada' }).click();
  await theirs.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
  await expect(theirs.getByText(account.email)).toHaveCount(0);
  await page.goto(`/${account.org}/agents`);
  await expect(page.getByRole('heading', { name: 'There is nothing at this address' })).toBeVisible();
  await other.close();
});

test('the audit says who was invited and who came', async ({ page, account }) => {
  const email = `noted-${account.org}@example.test`;
  await invite(page, account, email);
  await followMail(page, email, ACCEPT);
  await expect(page.getByRole('alert').filter({ hasText: email })).toBeVisible();
  await page.goto(`/${account.org}/settings/audit`);
  await page.getByRole('button', { name: /invitation\.create/ }).click();
  await expect(page.getByText(email).first()).toBeVisible();
});
