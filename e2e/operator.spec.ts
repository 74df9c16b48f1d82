import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { freePort, ServerProcess } from './fixtures/server-process';

const directory = () => mkdtempSync(join(tmpdir(), 'muster-operator-'));

async function signIn(page: Page, server: ServerProcess) {
  const { email, password, organization } = server.owner;
  await page.goto(`${server.url}/sign-in`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(`**/${organization}`);
}

async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} ${target}`));
}

test('the person of the first start sees the queue, its functions and runs, and cancels one', async ({ page }) => {
  test.setTimeout(90_000);
  const dataDir = directory();
  const server = new ServerProcess(dataDir, await freePort());
  try {
    await server.start();
    const run = (input: string) =>
      server.api<{ id: string }>(`/agents/${server.owner.demoAgentId}/runs`, { input, async: true });
    await run('What is 17 % of 2,499?');
    await run('Ask me which colour I like.');
    await page.goto(`${server.url}/operator/runner`);
    await page.waitForURL('**/sign-in?next=*');
    await signIn(page, server);
    await page.getByRole('button', { name: /account/ }).click();
    await page.getByRole('menuitem', { name: 'Server' }).click();
    await expect(page.getByRole('heading', { name: 'Runner', level: 1 })).toBeVisible();
    await expect(page.getByRole('cell', { name: 'Execute a run muster-run-execute', exact: true })).toBeVisible();
    const runs = page.getByRole('list', { name: 'Runs' });
    const waiting = runs.getByRole('listitem').filter({ hasText: 'Waiting' });
    await expect(waiting).toHaveCount(1);
    await expect(runs.getByRole('listitem').filter({ hasText: 'Completed' }).first()).toBeVisible();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await faults(page), colorScheme).toEqual([]);
    }

    await waiting.getByRole('button').click();
    const detail = page.getByRole('dialog');
    await expect(detail.getByText('waits for an event, open')).toBeVisible();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await faults(page), `detail ${colorScheme}`).toEqual([]);
    }
    await detail.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Cancel the run' }).click();
    await expect(detail.getByText('Cancelled')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(detail).toBeHidden();
    await page.getByRole('combobox', { name: 'State of the runs' }).click();
    await page.getByRole('option', { name: 'Cancelled' }).click();
    await expect(page).toHaveURL(/status=cancelled/);
    await expect(runs.getByRole('listitem')).toHaveCount(1);
    await page.setViewportSize({ width: 390, height: 844 });
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    await expect.poll(overflow).toBeLessThanOrEqual(0);
  } finally {
    await server.kill();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test('a runner of its own executes what servers announce to it, and the page says where it is', async ({ page }) => {
  test.setTimeout(90_000);
  const [dataDir, runnerDir] = [directory(), directory()];
  const keys = { INNGEST_EVENT_KEY: 'a-key', INNGEST_SIGNING_KEY: `signkey-prod-${'ab'.repeat(16)}` };
  const [port, runnerPort] = [await freePort(), await freePort()];
  // The server is there first, and announces its functions until the runner hears it.
  const server = new ServerProcess(dataDir, port, { ...keys, INNGEST_BASE_URL: `http://127.0.0.1:${runnerPort}` });
  let runner: ChildProcess | undefined;
  try {
    await server.start();
    const env = {
      ...process.env,
      ...keys,
      DATABASE_URL: '',
      MUSTER_DATA_DIR: runnerDir,
      MUSTER_RUNNER_PORT: String(runnerPort),
    };
    runner = spawn(process.execPath, ['scripts/launch.mjs', 'runner'], { env, stdio: 'ignore' });
    const authorization = `Bearer signkey-prod-${createHash('sha256')
      .update(Buffer.from('ab'.repeat(16), 'hex'))
      .digest('hex')}`;
    const known = () =>
      fetch(`http://127.0.0.1:${runnerPort}/dev`, { headers: { authorization } }).then(
        (answer) => answer.text(),
        () => 'not there yet',
      );
    await expect.poll(known, { timeout: 40_000 }).toContain('muster-run-execute');
    const path = `/agents/${server.owner.demoAgentId}/runs`;
    const asked = await server.api<{ id: string }>(path, { input: 'What is 6 * 7?', async: true });
    const status = async () => (await server.api<{ status: string }>(`/runs/${asked.id}`)).status;
    await expect.poll(status, { timeout: 20_000 }).toBe('completed');
    await signIn(page, server);
    await page.goto(`${server.url}/operator/runner`);
    await expect(page.getByText(`The functions are executed by 127.0.0.1:${runnerPort}`)).toBeVisible();
    expect(await faults(page)).toEqual([]);
  } finally {
    runner?.kill('SIGTERM');
    await server.kill();
    for (const path of [dataDir, runnerDir]) rmSync(path, { recursive: true, force: true });
  }
});
