import { createConnector } from '../server/connectors/service';
import { makeAgent } from '../server/testing/factories';
import { expect, test } from './fixtures/account';

/** The server's own database, as one that somebody connects. */
const { port, username } = new URL(process.env.DATABASE_URL ?? '');
const settings = {
  host: '127.0.0.1',
  port: Number(port),
  database: 'muster',
  user: username,
  tls: 'off',
  ca: '',
} as const;

test('a database is connected and tested, and says what is wrong with it', async ({ page, account }) => {
  await page.goto(`/${account.org}/connectors`);
  await page.getByRole('button', { name: 'New connector' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Shop');
  await dialog.getByLabel('Host').fill('127.0.0.1');
  await dialog.getByLabel('Port').fill(port);
  await dialog.getByLabel('Database').fill('missing');
  await dialog.getByLabel('User').fill(username);
  await dialog.getByLabel('Password').fill('canary-password');
  await dialog.getByRole('combobox', { name: 'TLS' }).click();
  await page.getByRole('option', { name: /Off/ }).click();
  await dialog.getByRole('button', { name: 'Save and test' }).click();
  const row = page.getByRole('listitem').filter({ hasText: 'shop' });
  await expect(row).toContainText('There is no database missing');

  await row.getByRole('button', { name: 'More for shop' }).click();
  await page.getByRole('menuitem', { name: 'Change' }).click();
  await expect(dialog.getByLabel('Password')).toHaveValue('');
  await dialog.getByLabel('Database').fill('muster');
  await dialog.getByRole('button', { name: 'Save and test' }).click();
  await expect(row).toContainText(/PostgreSQL 18.* answers/);
  await expect(row).toContainText('owns tables');

  await row.getByRole('button', { name: 'More for shop' }).click();
  await page.getByRole('menuitem', { name: 'Change' }).click();
  await dialog.getByLabel('Host').fill('db.example.com');
  await dialog.getByRole('button', { name: 'Save and test' }).click();
  await expect(dialog.getByRole('alert')).toContainText('to no other');
  await page.keyboard.press('Escape');

  await row.getByRole('button', { name: 'More for shop' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('No connectors yet')).toBeVisible();
});

test('an agent is given a connector, and asks it', async ({ page, account }) => {
  const configuration = { kind: 'postgres', settings, credentials: { password: 'canary-password' } } as const;
  await createConnector(account.ctx, { name: 'shop', description: '', access: 'read', configuration });
  const sql = "select 'forty-two' as answer";
  const call = { tool: 'database_query', input: { connection: 'orders', sql } };
  const script = { turns: [{ calls: [call] }, { text: 'The database has answered.' }] };
  const agent = await makeAgent(account.ctx, { model: 'sandbox/scripted', tools: [] });
  await page.goto(`/${account.org}/agents/${agent.id}`);
  await page.getByRole('button', { name: 'Add a connector' }).click();
  await page.getByRole('menuitem', { name: /shop/ }).click();
  await page.getByLabel('Alias of shop').fill('orders');
  await expect(page.getByRole('switch', { name: /Database query/ })).toBeChecked();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();

  const run = await account.api<{ id: string }>(`/agents/${agent.id}/runs`, {
    input: JSON.stringify(script),
    version: 'draft',
  });
  await page.goto(`/${account.org}/runs/${run.id}`);
  await expect(page.getByText('The database has answered.').first()).toBeVisible();
  await page.getByRole('tab', { name: 'Transcript' }).click();
  await expect(page.getByText('forty-two').first()).toBeVisible();

  await page.goto(`/${account.org}/connectors`);
  await expect(page.getByRole('listitem').filter({ hasText: 'shop' })).toContainText(agent.name);
});
