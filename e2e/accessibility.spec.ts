import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { createPartial } from '../server/partials/service';
import { makeAgent } from '../server/testing/factories';
import { type Account, expect, test } from './fixtures/account';

async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target} ${failureSummary}`),
  );
}

const PUBLIC = [
  '/',
  '/sign-in',
  '/sign-up',
  '/forgot-password',
  '/reset-password#a-link-that-is-none',
  '/confirm#a-link-that-is-none-at-all',
  '/confirm-email#a-link-that-is-none',
  '/invitation#a-link-that-is-none',
  '/mailbox',
];

/** Every page of the product, with something on it. */
async function pagesOf(account: Account): Promise<string[]> {
  await createPartial(account.ctx, { name: 'tone_of_voice', description: 'How we write', text: 'Warm, {{name}}.' });
  const agent = await makeAgent(account.ctx, { instructions: 'Help. {{> tone_of_voice}}' });
  const run = await account.api<{ id: string }>(`/agents/${agent.id}/runs`, {
    input: 'What is 2 + 2, and what time is it?',
  });
  const settings = [
    '',
    '/members',
    '/providers',
    '/api-keys',
    '/secrets',
    '/budgets',
    '/account',
    '/sessions',
    '/audit',
  ].map((page) => `/settings${page}`);
  const inOrg = [
    '',
    '/agents',
    `/agents/${agent.id}`,
    `/agents/${agent.id}/versions`,
    '/agents/partials',
    '/agents/partials/new',
    '/agents/partials/tone_of_voice',
    '/connectors',
    '/approvals',
    '/tools',
    '/tools/new?kind=http',
    '/tools/code_interpreter',
    '/tools/servers',
    '/tools/import',
    '/tools/servers/new',
    '/runs',
    `/runs/${run.id}`,
    '/spend',
    ...settings,
  ];
  return inOrg.map((path) => `/${account.org}${path}`);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('axe finds nothing on the public pages', async ({ page }) => {
      for (const path of PUBLIC) {
        await page.goto(path);
        await expect(page.locator('h1').first()).toBeVisible();
        expect(await faults(page), path).toEqual([]);
      }
    });

    test('axe finds nothing on the pages of an organization, and nothing overflows a phone', async ({
      page,
      account,
    }) => {
      test.setTimeout(120_000);
      for (const path of await pagesOf(account)) {
        await page.setViewportSize({ width: 1440, height: 900 });
        await page.goto(path);
        await expect(page.locator('h1').first()).toBeVisible();
        await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
        expect(await faults(page), path).toEqual([]);
        await page.setViewportSize({ width: 390, height: 844 });
        const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        await expect.poll(overflow, `${path} at 390 px`).toBeLessThanOrEqual(0);
      }
    });
  });
}
