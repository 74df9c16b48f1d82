import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from '@playwright/test';
import { blankSpec } from '../lib/contracts/agents';
import { changeVisibility } from '../server/agents/service';
import { makePublicLink } from '../server/public-links/service';
import { addMember, makeAgent } from '../server/testing/factories';
import { type Account, expect, makeAccount, signIn, test } from './fixtures/account';

const script = (...turns: string[]) => `#script\n${turns.join('\n---\n')}`;
const scripted = { ...blankSpec('sandbox/scripted'), starterPrompts: [script('say **Hello** from the agent.')] };

/** Somebody with the address and nothing else. */
const visitor = async (browser: Browser, url: string, options = {}): Promise<Page> => {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(url);
  return page;
};
const pathOf = ({ url }: { url: string }): string => new URL(url).pathname;
const logOf = (page: Page) => page.getByRole('log');
const say = async (page: Page, text: string) => {
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.getByRole('textbox', { name: 'Message' }).press('Enter');
};

async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target} ${failureSummary}`),
  );
}
const fitsWidth = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

async function makeColleague(account: Account, baseURL: string | undefined): Promise<Account> {
  const colleague = await makeAccount(baseURL ?? '', 'Grace');
  await addMember(account.ctx, colleague.ctx.actor.id, 'developer');
  return colleague;
}

test('an agent is made private: for its owner it is marked, for a colleague it is not there', async ({
  page,
  account,
  browser,
  baseURL,
}) => {
  const agent = await makeAgent(account.ctx);
  const colleague = await makeColleague(account, baseURL);
  await page.goto(`/${account.org}/agents/${agent.id}`);
  await page.getByRole('button', { name: 'Share' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('radio', { name: /^Workspace/ })).toBeChecked();
  expect(await faults(page)).toEqual([]);
  await dialog.getByRole('radio', { name: /^Private/ }).check();
  await expect(dialog.getByText('The agent is private. Let its workspace')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.goto(`/${account.org}/agents`);
  await expect(page.getByRole('listitem').filter({ hasText: 'Test agent' }).getByText('Private')).toBeAttached();

  const theirs = await browser.newContext();
  await signIn(theirs, colleague);
  const other = await theirs.newPage();
  await other.goto(`/${account.org}/agents`);
  await expect(other.getByRole('heading', { name: 'Agents' })).toBeVisible();
  await expect(other.getByText('Test agent')).toHaveCount(0);
  await other.goto(`/${account.org}/agents/${agent.id}`);
  await expect(other.getByText(/There is no such agent|nothing at this address/).first()).toBeVisible();
  await changeVisibility(account.ctx, { agentId: agent.id, visibility: 'organization' });
  await other.goto(`/${account.org}/agents`);
  await expect(other.getByRole('listitem').filter({ hasText: 'Test agent' }).getByText('Organization')).toBeAttached();
  await theirs.close();
});

test('a link is made, a visitor talks, sees only their own, and is out when it is turned off', async ({
  page,
  account,
  browser,
}) => {
  const agent = await makeAgent(account.ctx, scripted);
  await page.goto(`/${account.org}/agents/${agent.id}`);
  await page.getByRole('button', { name: 'Share' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Messages an hour').fill('none');
  await expect(dialog.getByText('A whole number from 1 to 100,000.')).toBeVisible();
  await dialog.getByLabel('Messages an hour').fill('50');
  await dialog.getByRole('button', { name: 'Make a link' }).click();
  // It is shown once, and stays there when what is known of the link comes in.
  await expect(dialog.getByText('Ends with')).toBeVisible();
  const url = await dialog.getByRole('textbox', { name: 'Address' }).inputValue();
  expect(new URL(url).pathname).toMatch(/^\/s\/[\w-]{64}$/);
  expect(await faults(page)).toEqual([]);

  const mine = await visitor(browser, pathOf({ url }));
  await expect(mine).toHaveTitle('Test agent');
  const headers = (await mine.request.get(pathOf({ url }))).headers();
  expect(headers['referrer-policy']).toBe('no-referrer');
  expect(headers['x-robots-tag']).toContain('noindex');
  await mine.getByRole('button', { name: /Hello/ }).click();
  await expect(logOf(mine).locator('strong', { hasText: 'Hello' })).toBeVisible();
  const cookies = await mine.context().cookies(`${new URL(mine.url()).origin}/api${pathOf({ url })}/x`);
  expect(cookies).toMatchObject([{ name: 'muster_visitor', httpOnly: true, sameSite: 'Lax' }]);
  await mine.reload();
  await expect(logOf(mine).locator('strong', { hasText: 'Hello' })).toBeVisible();

  // Another browser, even with the address of the conversation.
  const other = await visitor(browser, `${pathOf({ url })}${new URL(mine.url()).search}`);
  await expect(other.getByText('This page is closed').or(other.getByText('nothing'))).toBeVisible();
  await expect(other.locator('strong', { hasText: 'Hello' })).toHaveCount(0);
  await expect(other.getByRole('button', { name: 'Earlier conversations' })).toHaveCount(0);

  await mine.getByRole('button', { name: 'New conversation' }).click();
  await say(mine, script('every 200\npieces 4\nsay A long answer that is never to come to its end, by far not.'));
  await expect(logOf(mine).getByText('A long', { exact: false }).last()).toBeVisible();
  await mine.getByRole('button', { name: 'Stop' }).click();
  await expect(logOf(mine).getByText('Stopped')).toBeVisible();
  await say(mine, script('fail 400 - the inside'));
  await expect(logOf(mine).getByText('Something went wrong, and there is no answer.')).toBeVisible();
  await expect(logOf(mine).getByRole('button', { name: 'Try again' })).toBeVisible();
  await mine.getByRole('button', { name: 'Earlier conversations' }).click();
  await mine.getByRole('menuitem').first().click();
  await expect(logOf(mine).locator('strong', { hasText: 'Hello' })).toBeVisible();

  await page.goto(`/${account.org}/runs?q=${encodeURIComponent('trigger:link')}`);
  await expect(page.getByText('Public link').first()).toBeVisible();
  await page.goto(`/${account.org}/agents/${agent.id}`);
  await page.getByRole('button', { name: 'Share' }).click();
  await expect(dialog.getByText('2 conversations, 3 messages')).toBeVisible();
  await dialog.getByRole('switch', { name: 'Public link' }).click();
  await expect(dialog.getByText('Off')).toBeVisible();
  await say(mine, 'Anybody there?');
  await expect(mine.getByText('This page is closed. Ask whoever gave you its address.')).toBeVisible();
  await mine.reload();
  await expect(mine.getByRole('heading', { name: 'There is nothing at this address' })).toBeVisible();
});

test('an answer that waits for a person says so; one that is cut off by the end of the link does too', async ({
  account,
  browser,
}) => {
  const agent = await makeAgent(account.ctx, { ...scripted, tools: [{ name: 'ask_human' }] });
  const page = await visitor(browser, pathOf(await makePublicLink(account.ctx, { agentId: agent.id })));
  await say(page, script('call ask_human {"question":"May I?"}', 'say Thanks.'));
  await expect(logOf(page).getByText(`It waits for a person at ${account.ctx.org.name}`)).toBeVisible();
  await expect(logOf(page).getByText('May I?', { exact: true })).toHaveCount(0);
  await page.getByRole('button', { name: 'New conversation' }).click();
  await say(page, script('every 300\npieces 3\nsay This goes on and on and on and on and on and on and on.'));
  await expect(logOf(page).getByText('This goes', { exact: false }).last()).toBeVisible();
  await account.api(`/agents/${agent.id}/public-link/settings`, { enabled: false });
  await expect(logOf(page).getByText(/This page is closed|Stopped/)).toBeVisible();
});

test('variables that a run must have are asked for', async ({ account, browser }) => {
  const agent = await makeAgent(account.ctx, {
    instructions: 'You help {{name}}.',
    variables: [{ name: 'name', description: '', default: '', required: true }],
  });
  const page = await visitor(browser, pathOf(await makePublicLink(account.ctx, { agentId: agent.id })));
  await say(page, 'What is 2 + 2?');
  await expect(page.getByText('The variable name must be given.')).toBeVisible();
  await page.getByLabel('name (required)').fill('Ada');
  await page.getByRole('textbox', { name: 'Message' }).press('Enter');
  await expect(logOf(page).getByText('4', { exact: false }).last()).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`the page of a link has no fault, ${colorScheme}, ${width} px`, async ({ account, browser }, info) => {
      const prompts = ['What is 17 % of 2,499?', 'What time is it?'];
      const agent = await makeAgent(account.ctx, { starterPrompts: prompts });
      const url = pathOf(await makePublicLink(account.ctx, { agentId: agent.id }));
      const page = await visitor(browser, url, { colorScheme, viewport: { width, height: 844 } });
      await expect(page.getByRole('button', { name: '17 %' })).toBeVisible();
      expect(await faults(page)).toEqual([]);
      await page.screenshot({ path: info.outputPath('begin.png') });
      await page.getByRole('button', { name: '17 %' }).click();
      await expect(logOf(page).getByText('424.83', { exact: false }).first()).toBeVisible();
      await expect(page.getByRole('button', { name: 'Send' })).toBeVisible();
      expect(await faults(page)).toEqual([]);
      expect(await fitsWidth(page)).toBe(true);
      await page.screenshot({ path: info.outputPath('answered.png') });
      await page.goto(`${url.slice(0, -1)}`);
      await expect(page.getByRole('heading', { name: 'There is nothing at this address' })).toBeVisible();
      expect(await faults(page)).toEqual([]);
    });
  }
}

test('the share dialog fits a phone and has no fault in the dark', async ({ page, account }, info) => {
  const agent = await makeAgent(account.ctx);
  await makePublicLink(account.ctx, { agentId: agent.id, dailyLimitMicros: 5_000_000 });
  for (const [width, colorScheme] of [
    [390, 'dark'],
    [390, 'light'],
    [1440, 'dark'],
    [1440, 'light'],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.goto(`/${account.org}/agents/${agent.id}`);
    if (width < 640) {
      await page.getByRole('button', { name: 'More' }).click();
      await page.getByRole('menuitem', { name: 'Share' }).click();
    } else await page.getByRole('button', { name: 'Share' }).click();
    await expect(page.getByRole('dialog').getByText('0 conversations')).toBeVisible();
    expect(await faults(page)).toEqual([]);
    expect(await fitsWidth(page)).toBe(true);
    await page.screenshot({ path: info.outputPath(`share-${width}-${colorScheme}.png`) });
  }
});
