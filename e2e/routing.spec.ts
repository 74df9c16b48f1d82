import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { type BrowserContext, expect, test } from '@playwright/test';
import { signIn } from '../bench/session';
import { blankSpec } from '../lib/contracts/agents';
import { type ModelServer, startModelServer } from './fixtures/model-server';
import { freePort, ServerProcess } from './fixtures/server-process';

/** A vendor that is killed, as somebody sees it who has an agent with another to ask. */

const A = 'anthropic/claude-opus-5';
const B = 'moonshot/kimi-k3';

let directory: string;
let vendorA: ModelServer;
let vendorB: ModelServer;
let server: ServerProcess;
let cookie: string;

// One server for all of them, whose health the tests share.
test.describe.configure({ mode: 'default' });

test.beforeAll(async () => {
  test.setTimeout(120_000);
  directory = mkdtempSync(join(tmpdir(), 'muster-routing-'));
  vendorA = await startModelServer({
    answer: () => ({ tokens: Array.from({ length: 400 }, (_, i) => `wrong${i} `), perTokenMs: 50 }),
  });
  vendorB = await startModelServer({ answer: () => ({ tokens: ['All', ' is', ' well.'], perTokenMs: 50 }) });
  server = new ServerProcess(directory, await freePort(), {
    ANTHROPIC_BASE_URL: vendorA.url,
    ANTHROPIC_API_KEY: 'any',
    MOONSHOT_BASE_URL: `${vendorB.url}/moonshot/v1`,
    MOONSHOT_API_KEY: 'any',
  });
  await server.start();
  ({ cookie } = await signIn(server.url, server.owner));
});
test.afterAll(async () => {
  await server?.kill();
  await Promise.all([vendorA?.close(), vendorB?.close()]);
  rmSync(directory, { recursive: true, force: true });
});
test.beforeEach(({ context }) => giveSession(context));

const giveSession = (context: BrowserContext) =>
  context.addCookies(
    cookie.split('; ').map((pair) => {
      const at = pair.indexOf('=');
      return { name: pair.slice(0, at), value: pair.slice(at + 1), url: server.url };
    }),
  );
const address = (path: string) => `${server.url}/${server.owner.organization}${path}`;

async function makeAgent(model: string | object): Promise<string> {
  const spec = { ...blankSpec(), model };
  const agent = await server.api<{ id: string }>('/agents', { name: 'Support', spec, publish: true });
  return agent.id;
}

test('a vendor is killed in the middle of its answer: another answers, and the page tells of both', async ({
  page,
}) => {
  const agent = await makeAgent({ policy: 'fixed', models: [A], fallback: [B], patienceSeconds: 5 });
  const run = await server.api<{ id: string }>(`/agents/${agent}/runs`, { input: 'How are things?', async: true });
  await page.goto(address(`/runs/${run.id}`));
  await expect(page.getByText('wrong3 wrong4').first()).toBeVisible();
  await vendorA.close();
  await expect(page.getByText('Completed').first()).toBeVisible({ timeout: 20_000 });
  const waterfall = page.getByRole('region', { name: 'Waterfall' });
  await waterfall.getByRole('button', { name: new RegExp(B) }).click();
  await expect(page.getByText('All is well.').first()).toBeVisible();
  await expect(page.getByText('Asked because others could not answer')).toBeVisible();
  const attempts = page.getByRole('list', { name: 'Attempts' }).getByRole('listitem');
  await expect(attempts).toHaveCount(2);
  await expect(attempts.nth(0)).toContainText(A);
  await expect(attempts.nth(0)).toContainText('Failed');
  await expect(attempts.nth(0)).toContainText('$');
  await expect(attempts.nth(1)).toContainText('Completed');
  const done = await server.api<{
    output: string;
    costMicros: number;
    spans: { costMicros: number; errorMessage: string | null }[];
  }>(`/runs/${run.id}`);
  await expect(attempts.nth(0)).toContainText(done.spans[0]?.errorMessage ?? '?');
  expect(done.output).toBe('All is well.');
  expect(done.spans).toHaveLength(2);
  for (const { costMicros } of done.spans) expect(costMicros).toBeGreaterThan(0);
  expect(done.costMicros).toBe(done.spans.reduce((sum, { costMicros }) => sum + costMicros, 0));
});

test('the health of its key is on the page, opens, and is reset', async ({ page }) => {
  await vendorA.close();
  const agent = await makeAgent({ policy: 'fixed', models: [A], fallback: [B] });
  for (let i = 0; i < 5; i += 1) await server.api(`/agents/${agent}/runs`, { input: 'How are things?' });
  await page.goto(address('/settings/providers'));
  const circuits = page.getByRole('list', { name: 'Circuits' });
  await expect(circuits.getByText('Open', { exact: true })).toBeVisible();
  const figures = page.getByRole('table', { name: /Calls of models/ });
  await expect(figures.getByRole('row', { name: new RegExp(A) })).toContainText('100 %');
  await expect(figures.getByRole('row', { name: new RegExp(B) })).toContainText('0 %');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await circuits.getByRole('button', { name: 'Reset Anthropic' }).click();
  await expect(page.getByText('no key has failed')).toBeVisible();
});

test('a price of the organization is set, counts for the next call, and goes back to the list', async ({ page }) => {
  await page.goto(address('/settings/providers'));
  await page.getByRole('button', { name: 'Price a model' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Model').fill(B);
  await dialog.getByLabel('Input', { exact: true }).fill('100');
  await dialog.getByLabel('Cached input').fill('100');
  await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled();
  await dialog.getByLabel('Output').fill('100');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('row', { name: new RegExp(`${B} .*Own`) })).toContainText('$100');
  const agent = await makeAgent(B);
  const { costMicros } = await server.api<{ costMicros: number }>(`/agents/${agent}/runs`, { input: 'Hello' });
  // Ten tokens in and three out, as the double counts.
  expect(costMicros).toBe(1_300);
});

test('an agent is given a policy and a fallback by the keyboard', async ({ page }) => {
  const agent = await makeAgent(B);
  await page.goto(address(`/agents/${agent}`));
  await page.getByRole('button', { name: 'Add a fallback model' }).press('Enter');
  await page.getByRole('button', { name: 'Add a model' }).press('Enter');
  const chain = page.getByRole('list', { name: 'When that fails, ask' });
  await expect(chain.getByRole('listitem')).toHaveCount(2);
  const second = await chain.getByRole('listitem').nth(1).getByRole('button').first().innerText();
  await chain.getByRole('button', { name: /up$/ }).nth(1).press('Enter');
  await expect(chain.getByRole('listitem').nth(0).getByRole('button').first()).toHaveText(second.replace(/\n/g, ''));
  await expect(page.getByText('Saved').first()).toBeVisible();
  const spec = async () => (await server.api<{ draft: { model: unknown } }>(`/agents/${agent}`)).draft.model;
  await expect
    .poll(spec)
    .toMatchObject({ policy: 'fixed', models: [B], fallback: [expect.any(String), expect.any(String)] });
});
