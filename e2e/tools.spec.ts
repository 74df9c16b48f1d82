import { makeAgent } from '../server/testing/factories';
import { expect, makeAccount, signIn, test } from './fixtures/account';

test('a tool is made, tried, given to an agent, and called by it', async ({ page, account }) => {
  await page.goto(`/${account.org}/tools`);
  await page.getByRole('button', { name: 'New tool' }).click();
  await page.getByRole('menuitem', { name: 'Runs JavaScript' }).click();
  await page.waitForURL('**/tools/new?kind=javascript');
  await page.getByLabel('Label', { exact: true }).fill('Calculator');
  await page.getByLabel('Description', { exact: true }).fill('Adds value-added tax to a net amount.');
  await page.getByLabel('Name of name').fill('net');
  await page.getByRole('combobox', { name: 'Type of net' }).click();
  await page.getByRole('option', { name: 'Number', exact: true }).click();
  await page.getByLabel('Function').fill('return input.net * 1.19;');
  await page.getByRole('button', { name: 'Create tool' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'There is a tool calculator already' })).toBeVisible();
  await page.getByLabel('Label', { exact: true }).fill('Add VAT');
  await page.getByLabel('Name', { exact: true }).fill('add_vat');
  await page.getByRole('button', { name: 'Create tool' }).click();
  await page.waitForURL('**/tools/add_vat');

  const panel = page.getByRole('region', { name: 'Try it' });
  await panel.getByLabel('net').fill('a hundred');
  await expect(panel.getByText('Not a number.')).toBeVisible();
  await panel.getByLabel('net').fill('100');
  await panel.getByRole('button', { name: 'Run' }).click();
  await expect(panel.getByText(/^Result ·/)).toBeVisible();
  await expect(panel.getByText('119', { exact: true })).toBeVisible();

  const agent = await account.api<{ id: string }>('/agents', {
    name: 'Till',
    spec: {
      schemaVersion: 1,
      model: 'sandbox/scripted',
      instructions: '#script\ncall add_vat {"net": 200}\n---\nsay The tool has answered.',
      tools: [{ name: 'add_vat' }],
    },
    publish: true,
  });
  await page.goto(`/${account.org}/agents/${agent.id}`);
  await expect(page.getByRole('switch', { name: /Add VAT/ })).toBeChecked();

  const run = await account.api<{ id: string }>(`/agents/${agent.id}/runs`, { input: 'Go' });
  await page.goto(`/${account.org}/runs/${run.id}?tab=transcript`);
  await expect(page.getByText('The tool has answered.', { exact: true }).first()).toBeVisible();
  await expect(page.getByText('238', { exact: true }).first()).toBeVisible();

  await page.goto(`/${account.org}/tools/add_vat`);
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await page.waitForURL('**/tools');
  await expect(page.getByRole('link', { name: 'Calculator' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Add VAT' })).toHaveCount(0);
  await page.goto(`/${account.org}/agents/${agent.id}`);
  await expect(page.getByText('There is no such tool any more.')).toBeVisible();
});

test('every tool can be tried, with what it says when it fails', async ({ page, account }) => {
  await page.goto(`/${account.org}/tools`);
  await page.getByLabel('Filter tools').fill('code');
  await page.getByRole('link', { name: 'Code interpreter' }).click();
  await page.waitForURL('**/tools/code_interpreter');
  const panel = page.getByRole('region', { name: 'Try it' });
  await panel.getByLabel('code').fill('return process.env');
  await panel.getByRole('button', { name: 'Run' }).click();
  await expect(panel.getByText('ReferenceError: process is not defined (line 1)')).toBeVisible();
  await makeAgent(account.ctx);
  await page.goto(`/${account.org}/tools/database_query`);
  await panel.getByRole('combobox', { name: 'As agent' }).click();
  await page.getByRole('option').first().click();
  await panel.getByLabel('sql').fill('select 1');
  await panel.getByRole('button', { name: 'Run' }).click();
  await expect(panel.getByText(/^Failed ·/)).toBeVisible();
  await page.goto(`/${account.org}/tools/http_request`);
  await panel.getByLabel('url').fill('http://169.254.169.254/latest/meta-data');
  await panel.getByRole('button', { name: 'Run' }).click();
  await expect(panel.getByText(/no public address/)).toBeVisible();
});

test('a file that a run writes is on its page, and only the organization can fetch it', async ({
  page,
  account,
  baseURL,
}) => {
  const files = [
    'call write_file {"name": "report.html", "content": "<script>alert(1)</script>", "contentType": "text/html"}',
    '---',
    'say Done.',
  ];
  const agent = await account.api<{ id: string }>('/agents', {
    name: 'Writer',
    spec: {
      schemaVersion: 1,
      model: 'sandbox/scripted',
      instructions: `#script\n${files.join('\n')}`,
      tools: [{ name: 'write_file' }],
    },
    publish: true,
  });
  const run = await account.api<{ id: string }>(`/agents/${agent.id}/runs`, { input: 'Go' });
  await page.goto(`/${account.org}/runs/${run.id}`);
  const link = page.getByRole('list', { name: 'Files' }).getByRole('link', { name: /report\.html/ });
  await expect(link).toBeVisible();
  const address = (await link.getAttribute('href')) ?? '';
  const answer = await page.request.get(address);
  expect(await answer.text()).toBe('<script>alert(1)</script>');
  expect(answer.headers()).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-disposition': "attachment; filename*=UTF-8''report.html",
    'x-content-type-options': 'nosniff',
  });
  const stranger = await makeAccount(baseURL ?? '', 'Eve');
  await page.context().clearCookies();
  expect((await page.request.get(address)).status()).toBe(401);
  await signIn(page.context(), stranger);
  expect((await page.request.get(address)).status()).toBe(404);
});

test('tools are imported from an OpenAPI document, and again when it has changed', async ({ page, account }) => {
  const document = (summary: string) => `openapi: 3.1.0
info: {title: Pets, version: '1'}
servers: [{url: https://pets.example/v1}]
security: [{key: []}]
paths:
  /pets/{id}:
    get:
      operationId: getPet
      summary: ${summary}
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
  /photos:
    post: {requestBody: {content: {image/png: {}}}}
components: {securitySchemes: {key: {type: http, scheme: bearer}}}`;
  await page.goto(`/${account.org}/tools`);
  await page.getByRole('button', { name: 'New tool' }).click();
  await page.getByRole('menuitem', { name: 'Of an OpenAPI document' }).click();
  await page.waitForURL('**/tools/import');
  await page.getByLabel('Or the document itself').fill('openapi: 3.1.0');
  await page.getByRole('button', { name: 'Read' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'info: ' })).toBeVisible();
  await page.getByLabel('Or the document itself').fill(document('One pet'));
  await page.getByRole('button', { name: 'Read' }).click();
  await expect(page.getByText('It takes image/png; tools send JSON.')).toBeVisible();
  await expect(page.getByRole('checkbox', { name: 'POST /photos' })).toBeDisabled();
  await page.getByRole('checkbox', { name: 'GET /pets/{id}' }).check();
  await page.getByRole('button', { name: 'Import 1' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'needs the credentials key' })).toBeVisible();
  await page.getByLabel('Secret for key').fill('PETS_TOKEN');
  await page.getByRole('button', { name: 'Import 1' }).click();
  await page.waitForURL('**/tools');
  await page.getByRole('link', { name: 'One pet' }).click();
  await page.waitForURL('**/tools/get_pet');
  await expect(page.getByLabel('Address')).toHaveValue('https://pets.example/v1/pets/{{id}}');
  await expect(page.getByLabel('Value of header 1')).toHaveValue('Bearer {{secret.PETS_TOKEN}}');

  await page.goto(`/${account.org}/tools/import`);
  await page.getByLabel('Or the document itself').fill(document('One pet by its number'));
  await page.getByRole('button', { name: 'Read' }).click();
  await expect(page.getByText('changes', { exact: true })).toBeVisible();
  await expect(page.getByText(/One pet by its number",/)).toBeVisible();
  await expect(page.getByLabel('Secret for key')).toHaveValue('PETS_TOKEN');
  await page.getByRole('button', { name: 'Import 1' }).click();
  await page.waitForURL('**/tools');
  await page.goto(`/${account.org}/tools/get_pet`);
  await expect(page.getByLabel('Description', { exact: true })).toHaveValue('One pet by its number');
});
