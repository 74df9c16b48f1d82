import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { followMail } from './fixtures/mailbox';
import { type OpenIdProvider, startGitHub, startOpenIdProvider } from './fixtures/openid-provider';
import { freePort, ServerProcess } from './fixtures/server-process';

/** A server that trusts a real OpenID provider three times over, and a GitHub. */
const CLIENTS = ['oidc', 'google', 'microsoft-entra-id'];
const OCTO = 'octo@example.test';
const dataDir = mkdtempSync(join(tmpdir(), 'muster-providers-'));
let provider: OpenIdProvider;
let github: Awaited<ReturnType<typeof startGitHub>>;
let server: ServerProcess;

test.beforeAll(async () => {
  const port = await freePort();
  provider = await startOpenIdProvider(`http://localhost:${port}`, CLIENTS);
  github = await startGitHub([
    { email: 'unproven@example.test', primary: false, verified: false },
    { email: OCTO, primary: true, verified: true },
  ]);
  server = new ServerProcess(dataDir, port, {
    AUTH_OIDC_ISSUER: provider.issuer,
    AUTH_OIDC_ID: 'oidc',
    AUTH_OIDC_SECRET: 'secret of oidc',
    AUTH_OIDC_NAME: 'Example ID',
    AUTH_GOOGLE_ISSUER: provider.issuer,
    AUTH_GOOGLE_ID: 'google',
    AUTH_GOOGLE_SECRET: 'secret of google',
    AUTH_MICROSOFT_ENTRA_ID_ISSUER: provider.issuer,
    AUTH_MICROSOFT_ENTRA_ID_ID: 'microsoft-entra-id',
    AUTH_MICROSOFT_ENTRA_ID_SECRET: 'secret of microsoft-entra-id',
    AUTH_GITHUB_URL: github.url,
    AUTH_GITHUB_ID: 'github',
    AUTH_GITHUB_SECRET: 'secret',
  });
  await server.start();
});
test.afterAll(async () => {
  await server.stop();
  await Promise.all([provider.stop(), github.stop()]);
  rmSync(dataDir, { recursive: true, force: true });
});

/** Goes to the provider by its button and signs in there as `login`. */
async function continueWith(page: Page, button: string, login: string, path = '/sign-in'): Promise<void> {
  await page.goto(server.url + path);
  await page.getByRole('button', { name: `Continue with ${button}` }).click();
  await page.getByPlaceholder('Enter any login').fill(login);
  await page.getByPlaceholder('and password').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function signUp(page: Page, email: string): Promise<void> {
  await page.goto(`${server.url}/sign-up`);
  await page.getByLabel('Your name').fill('Ada');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByLabel('Organization').fill(email.split('@')[0] ?? '');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('link', { name: 'Open the local mailbox' }).click();
  await page.getByRole('link', { name: 'Confirm and start' }).click();
  await page.waitForURL(`${server.url}/${email.split('@')[0]}`);
}

test('who is known nowhere makes an account by an OpenID provider, names an organization, and comes back as the same', async ({
  page,
  context,
}) => {
  await continueWith(page, 'Example ID', 'newcomer@example.test');
  await page.waitForURL('**/new');
  await page.getByLabel('Name').fill('Newcomers');
  await page.getByRole('button', { name: 'Create organization' }).click();
  await page.waitForURL('**/newcomers');
  await context.clearCookies();
  await continueWith(page, 'Example ID', 'newcomer@example.test');
  await page.waitForURL('**/newcomers');
  await page.goto(`${server.url}/newcomers/settings/account`);
  await expect(page.getByText('You have no password yet').first()).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'newcomer@example.test' })).toContainText('Single sign-on');
});

test('a verified address finds its account, which is told, and the two are taken apart again', async ({
  page,
  context,
}) => {
  await signUp(page, 'linked@example.test');
  await context.clearCookies();
  await continueWith(page, 'Google', 'linked@example.test');
  await page.waitForURL('**/linked');
  await page.goto(`${server.url}/mailbox?to=linked`);
  await expect(page.getByText('Google now signs you in')).toBeVisible();
  await page.goto(`${server.url}/linked/settings/account`);
  const row = page.getByRole('listitem').filter({ hasText: 'Google' });
  await row.getByRole('button', { name: 'Disconnect' }).click();
  await expect(row).toHaveCount(0);
  await page.goto(`${server.url}/linked/settings/sessions`);
  await expect(page.getByText('Account disconnected')).toBeVisible();
});

test('an address that nobody verified opens no account, by whichever provider', async ({ page, context }) => {
  await signUp(page, 'victim@example.test');
  for (const [button, login] of [
    ['Example ID', 'unverified-victim@example.test'],
    // Of Microsoft the claim of any provider is not enough: anybody may make a tenant there.
    ['Microsoft', 'victim@example.test'],
  ] as const) {
    await context.clearCookies();
    await continueWith(page, button, login);
    await page.waitForURL('**/sign-in?error=unverified');
    await expect(page.getByRole('alert').filter({ hasText: 'verified' })).toBeVisible();
    await page.goto(`${server.url}/victim`);
    await page.waitForURL('**/sign-in**');
  }
});

test('of GitHub the verified primary address counts, not what the profile says', async ({ page }) => {
  await page.goto(`${server.url}/sign-in`);
  await page.getByRole('button', { name: 'Continue with GitHub' }).click();
  await page.waitForURL('**/new');
  await page.getByLabel('Name').fill('Octopuses');
  await page.getByRole('button', { name: 'Create organization' }).click();
  await page.waitForURL('**/octopuses');
  await page.goto(`${server.url}/octopuses/settings/account`);
  await expect(page.getByText(OCTO).first()).toBeVisible();
  await expect(page.getByText('anybody@example.test')).toHaveCount(0);
});

test('signing in elsewhere leads back to the page that was asked for', async ({ page, context }) => {
  await signUp(page, 'deep@example.test');
  await context.clearCookies();
  await page.goto(`${server.url}/deep/runs`);
  await page.waitForURL('**/sign-in?next=**');
  await continueWith(page, 'Google', 'deep@example.test', `/sign-in?next=${encodeURIComponent('/deep/runs')}`);
  await page.waitForURL('**/deep/runs');
});

test('who turns back at the provider is told, and nothing is made up', async ({ page }) => {
  await page.goto(`${server.url}/sign-in`);
  await page.getByRole('button', { name: 'Continue with Example ID' }).click();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.waitForURL('**/sign-in?error=**');
  await expect(page.getByRole('alert').filter({ hasText: /not let in|did not work/ })).toBeVisible();
  expect(await (await page.request.get(`${server.url}/api/auth/session`)).json()).toBeNull();
});

test('an invitation is accepted by signing in elsewhere', async ({ page, context }) => {
  await signUp(page, 'inviter@example.test');
  await page.goto(`${server.url}/inviter/settings/members`);
  await page.getByRole('button', { name: 'Invite a member' }).click();
  await page.getByRole('dialog').getByLabel('E-mail').fill('guest@example.test');
  await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
  await expect(page.getByText('guest@example.test is invited')).toBeVisible();
  await context.clearCookies();
  await page.goto(server.url);
  await followMail(page, 'guest@example.test', 'Accept the invitation');
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.waitForURL('**/sign-in?next=/invitation');
  await page.getByRole('button', { name: 'Continue with Google' }).click();
  await page.getByPlaceholder('Enter any login').fill('guest@example.test');
  await page.getByPlaceholder('and password').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Join inviter' }).click();
  await page.waitForURL(`${server.url}/inviter`);
});
