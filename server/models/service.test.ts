import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ModelServer, startModelServer } from '@/e2e/fixtures/model-server';
import { CredentialProvider } from '@/lib/contracts/models';
import { ListAuditInput } from '@/lib/contracts/people';
import { type Env, env } from '@/lib/env';
import { ROLE_PERMISSIONS } from '@/lib/permissions';
import { listAudit } from '../audit/service';
import { type OrgContext, withTenant } from '../context';
import { Upstream } from '../errors';
import { makeOrganization } from '../testing/factories';
import { findConnection } from './connections';
import * as models from './service';

const KEY = 'sk-qpwoeiruty-0123456789';
const VARIABLES: (keyof Env)[] = [
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_BASE_URL',
  'GOOGLE_GENERATIVE_AI_API_KEY',
  'GOOGLE_GENERATIVE_AI_BASE_URL',
  'AZURE_OPENAI_API_KEY',
  'AZURE_OPENAI_BASE_URL',
  'AZURE_OPENAI_API_VERSION',
  'AZURE_OPENAI_DEPLOYMENTS',
  'TOGETHER_API_KEY',
  'TOGETHER_BASE_URL',
  'MOONSHOT_API_KEY',
  'MOONSHOT_BASE_URL',
  'OPENAI_COMPATIBLE_BASE_URL',
  'OPENAI_COMPATIBLE_API_KEY',
];
/** The variables of each provider begin so, and where it is on the double. */
const PLACES: Record<CredentialProvider, [prefix: string, path: string]> = {
  openai: ['OPENAI', '/v1'],
  anthropic: ['ANTHROPIC', ''],
  google: ['GOOGLE_GENERATIVE_AI', '/v1beta'],
  azure: ['AZURE_OPENAI', '/openai/v1'],
  together: ['TOGETHER', '/together/v1'],
  moonshot: ['MOONSHOT', '/moonshot/v1'],
  'openai-compatible': ['OPENAI_COMPATIBLE', '/v1'],
};
const before = { ...env };

let server: ModelServer;
let ctx: OrgContext;
beforeAll(async () => {
  server = await startModelServer({ key: 'sk-server' });
});
afterAll(() => server.close());
beforeEach(async () => {
  for (const name of VARIABLES) setEnv(name, undefined);
  ctx = await makeOrganization();
});
afterEach(() => {
  for (const name of [...VARIABLES, 'MUSTER_MASTER_KEY', 'MUSTER_CONNECTOR_PRIVATE_HOSTS'] as const)
    setEnv(name, before[name] as string | undefined);
});

function serveFromHere(provider: CredentialProvider, key = 'sk-server') {
  const [prefix, path] = PLACES[provider];
  setEnv(`${prefix}_API_KEY` as keyof Env, key);
  setEnv(`${prefix}_BASE_URL` as keyof Env, `${server.url}${path}`);
}
const setEnv = (name: keyof Env, value: string | undefined) => Object.assign(env, { [name]: value });
const as = (role: keyof typeof ROLE_PERMISSIONS): OrgContext => ({ ...ctx, permissions: ROLE_PERMISSIONS[role] });
const statusOf = async (provider: CredentialProvider) =>
  (await models.listProviders(ctx)).find((one) => one.provider === provider);

describe('models', () => {
  test.each([
    ['nonsense', 'provider/model'],
    ['mistral/large', 'sandbox, openai, anthropic, google, azure, together, moonshot, openai-compatible'],
    ['openai/', 'provider/model'],
    ['sandbox/none', 'sandbox/assistant, sandbox/obedient, sandbox/scripted'],
    ['', 'provider/model'],
  ])('%j is refused with the names there are', async (model, message) => {
    expect(() => models.checkModel(model)).toThrow(message);
    await expect(models.resolveModel(ctx, model)).rejects.toMatchObject({ code: 'INVALID' });
  });

  test('names that only a provider knows are taken as they are', () => {
    for (const model of ['openai/gpt-99', 'openai-compatible/org/name:tag', 'sandbox/assistant']) {
      expect(() => models.checkModel(model)).not.toThrow();
    }
  });

  test.each<[string, string]>([
    ['openai/gpt-5', 'OPENAI_API_KEY'],
    ['anthropic/claude-opus-5', 'ANTHROPIC_API_KEY'],
    ['openai-compatible/x', 'OPENAI_COMPATIBLE_BASE_URL'],
  ])('%s without a key says where to add one', async (model, variable) => {
    await expect(models.resolveModel(ctx, model)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    await expect(models.resolveModel(ctx, model)).rejects.toThrow(variable);
  });

  test('without keys there are the sandbox models', async () => {
    const found = await models.listModels(as('viewer'));
    expect(found.map(({ model }) => model)).toEqual(['sandbox/assistant', 'sandbox/obedient', 'sandbox/scripted']);
    expect(found.every(({ sandbox, price }) => sandbox && price)).toBe(true);
    expect(await models.resolveModel(ctx, 'sandbox/assistant')).toMatchObject({
      source: 'built-in',
      provider: 'sandbox',
    });
  });

  test("with the server's keys there are theirs, and what an address serves", async () => {
    // It lists nothing that OpenAI would call a model for conversations.
    serveFromHere('openai');
    setEnv('OPENAI_COMPATIBLE_BASE_URL', `${server.url}/v1`);
    const found = (await models.listModels(ctx)).map(({ model }) => model);
    expect(found).toContain('openai/gpt-6.1-sol');
    expect(found).toContain('openai-compatible/served-one');
    expect(found).toContain('openai-compatible/served/two');
    expect(found.some((model) => model.startsWith('anthropic/'))).toBe(false);
    expect(await statusOf('openai')).toEqual({
      provider: 'openai',
      source: 'server',
      hint: null,
      baseUrl: null,
      settings: {},
      since: null,
    });
  });

  test.each<CredentialProvider>(['anthropic', 'google', 'together', 'moonshot', 'openai-compatible'])(
    '%s is asked which models it serves, and only for conversations',
    async (provider) => {
      serveFromHere(provider);
      const found = (await models.listModels(ctx)).filter((choice) => choice.provider === provider);
      expect(found.map(({ model }) => model)).toContain(`${provider}/served-one`);
      expect(found.filter(({ model }) => /vector|picture/.test(model))).toEqual([]);
    },
  );

  test('of Azure there are the deployments that were named', async () => {
    serveFromHere('azure');
    setEnv('AZURE_OPENAI_DEPLOYMENTS', 'gpt-prod, cheap');
    expect((await models.listModels(ctx)).map(({ model }) => model)).toEqual(
      expect.arrayContaining(['azure/gpt-prod', 'azure/cheap']),
    );
    expect(await models.testCredential(ctx, { provider: 'azure' })).toMatchObject({
      ok: true,
      model: 'azure/gpt-prod',
    });
  });

  test('an address that is not there takes nothing else away', async () => {
    setEnv('OPENAI_COMPATIBLE_BASE_URL', 'http://127.0.0.1:1/v1');
    expect((await models.listModels(ctx)).map(({ provider }) => provider)).toEqual(['sandbox', 'sandbox', 'sandbox']);
  });
});

describe('credentials', () => {
  test("a vendor's client is kept, and never mixed up with another key's", async () => {
    await models.saveCredential(ctx, { provider: 'openai', key: KEY });
    const first = await models.resolveModel(ctx, 'openai/gpt-5');
    expect((await models.resolveModel(ctx, 'openai/gpt-5')).language).toBe(first.language);
    expect((await models.resolveModel(ctx, 'openai/gpt-4o')).language).not.toBe(first.language);
    await models.saveCredential(ctx, { provider: 'openai', key: `${KEY}-new` });
    expect((await models.resolveModel(ctx, 'openai/gpt-5')).language).not.toBe(first.language);
  });

  test('are saved encrypted, shown by their end only, and used', async () => {
    const saved = await models.saveCredential(ctx, { provider: 'openai', key: ` ${KEY}\n` });
    expect(saved).toMatchObject({ source: 'organization', hint: '…6789', baseUrl: null });
    expect(saved.since).toBeInstanceOf(Date);
    const resolved = await models.resolveModel(ctx, 'openai/gpt-5');
    expect(resolved.source).toBe('organization');
    expect(resolved.redact(`wrong key ${KEY}!`)).toBe('wrong key [key]!');
    expect(await findConnection(ctx, 'openai')).toMatchObject({ key: KEY, baseUrl: 'https://api.openai.com/v1' });
    const everything = JSON.stringify([
      await models.listProviders(ctx),
      await models.listModels(ctx),
      await listAudit(ctx, ListAuditInput.parse({})),
      await withTenant(ctx, (tx) => tx.db.execute(sql`select * from model_credentials`)),
      resolved,
    ]);
    expect(everything).toContain('6789');
    expect(everything).not.toContain(KEY);
    expect(everything).not.toContain(KEY.slice(3, 15));
  });

  test("an organization's key goes before the server's, and never to the server's address", async () => {
    setEnv('OPENAI_API_KEY', 'sk-server');
    setEnv('OPENAI_BASE_URL', `${server.url}/v1`);
    expect(await findConnection(ctx, 'openai')).toMatchObject({ source: 'server', baseUrl: `${server.url}/v1` });
    await models.saveCredential(ctx, { provider: 'openai', key: KEY });
    expect(await findConnection(ctx, 'openai')).toMatchObject({ key: KEY, baseUrl: 'https://api.openai.com/v1' });
    await models.removeCredential(ctx, { provider: 'openai' });
    expect(await findConnection(ctx, 'openai')).toMatchObject({ source: 'server', key: 'sk-server' });
  });

  test('are replaced, removed, and every change is in the audit', async () => {
    await models.saveCredential(ctx, { provider: 'anthropic', key: KEY });
    await models.saveCredential(ctx, {
      provider: 'anthropic',
      key: 'sk-another-one-abcd',
      baseUrl: 'https://llm.example.com/',
    });
    expect(await statusOf('anthropic')).toMatchObject({ hint: '…abcd', baseUrl: 'https://llm.example.com' });
    expect(await findConnection(ctx, 'anthropic')).toMatchObject({ key: 'sk-another-one-abcd' });
    expect(await models.removeCredential(ctx, { provider: 'anthropic' })).toMatchObject({ source: 'none' });
    await expect(models.removeCredential(ctx, { provider: 'anthropic' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const { items } = await listAudit(ctx, ListAuditInput.parse({}));
    const changes = items.filter(({ resourceType }) => resourceType === 'model_credential').map(({ action }) => action);
    expect(changes).toEqual(['credential.remove', 'credential.save', 'credential.save']);
  });

  test('of Azure are a resource or an address, with the version and the deployments', async () => {
    await expect(models.saveCredential(ctx, { provider: 'azure', key: KEY })).rejects.toMatchObject({
      code: 'INVALID',
      fields: { baseUrl: expect.stringContaining("resource's name") },
    });
    const settings = { apiVersion: '2024-10-21', deployments: ['prod'] };
    const saved = await models.saveCredential(ctx, { provider: 'azure', key: KEY, resourceName: 'acme', ...settings });
    expect(saved).toMatchObject({ baseUrl: 'https://acme.openai.azure.com/openai', settings });
    expect(await findConnection(ctx, 'azure')).toMatchObject({ key: KEY, settings });
    await models.saveCredential(ctx, { provider: 'openai', key: KEY, ...settings });
    expect(await statusOf('openai')).toMatchObject({ settings: {} });
  });

  test('a new key begins with a closed circuit', async () => {
    await models.saveCredential(ctx, { provider: 'openai', key: KEY });
    const error = new Upstream('no', { reason: 'provider_unavailable', retriable: true });
    await models.noteFailure(ctx, { provider: 'openai', source: 'organization' }, error);
    expect((await models.getHealth(ctx)).circuits).toHaveLength(1);
    await models.saveCredential(ctx, { provider: 'openai', key: `${KEY}-new` });
    expect((await models.getHealth(ctx)).circuits).toEqual([]);
  });

  test('belong to one organization', async () => {
    await models.saveCredential(ctx, { provider: 'openai', key: KEY });
    const other = await makeOrganization();
    expect(await findConnection(other, 'openai')).toBeUndefined();
    await expect(models.removeCredential(other, { provider: 'openai' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await findConnection(ctx, 'openai')).toMatchObject({ key: KEY });
  });

  test('copied into another row open nothing', async () => {
    await models.saveCredential(ctx, { provider: 'openai', key: KEY });
    await models.saveCredential(ctx, { provider: 'anthropic', key: 'sk-another-one-abcd' });
    await withTenant(ctx, (tx) =>
      tx.db.execute(sql`update model_credentials set encrypted_key =
        (select encrypted_key from model_credentials where provider = 'openai') where provider = 'anthropic'`),
    );
    await expect(models.resolveModel(ctx, 'anthropic/x')).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
  });

  test('with another master key they say so', async () => {
    await models.saveCredential(ctx, { provider: 'openai', key: KEY });
    setEnv('MUSTER_MASTER_KEY', randomBytes(32).toString('base64'));
    await expect(models.resolveModel(ctx, 'openai/gpt-5')).rejects.toThrow('another master key');
  });

  test.each([
    'http://127.0.0.1:11434/v1',
    'http://[::1]:11434/v1',
    'http://169.254.169.254/v1',
    'http://10.0.0.1/v1',
    'https://user:pass@example.com/v1',
    'https://example.com:5432/v1',
    'https://example.com/v1?x=1',
    'ftp://example.com/v1',
  ])('the address %s is refused, and nothing is saved', async (baseUrl) => {
    const saving = models.saveCredential(ctx, { provider: 'openai-compatible', key: KEY, baseUrl });
    await expect(saving).rejects.toMatchObject({ code: 'INVALID' });
    expect(await statusOf('openai-compatible')).toMatchObject({ source: 'none' });
  });

  test('what is compatible needs an address, a key no spaces', async () => {
    await expect(models.saveCredential(ctx, { provider: 'openai-compatible', key: KEY })).rejects.toMatchObject({
      code: 'INVALID',
      fields: { baseUrl: expect.any(String) },
    });
    await expect(models.saveCredential(ctx, { provider: 'openai', key: 'two words' })).rejects.toMatchObject({
      code: 'INVALID',
    });
    await expect(models.saveCredential(ctx, { provider: 'openai', key: 'k\u0000' })).rejects.toMatchObject({
      code: 'INVALID',
    });
  });

  test('what is compatible needs no key, and is sent none', async () => {
    setEnv('MUSTER_CONNECTOR_PRIVATE_HOSTS', '127.0.0.1');
    const open = await startModelServer();
    const saved = await models.saveCredential(ctx, {
      provider: 'openai-compatible',
      key: ' ',
      baseUrl: `${open.url}/v1`,
    });
    expect(saved).toMatchObject({ source: 'organization', hint: '' });
    const tested = await models.testCredential(ctx, { provider: 'openai-compatible' });
    expect(tested).toMatchObject({ ok: true, model: 'openai-compatible/served-one' });
    expect(open.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    await open.close();
    await expect(models.saveCredential(ctx, { provider: 'openai', key: '' })).rejects.toMatchObject({
      fields: { key: 'Paste the key.' },
    });
  });

  test('a name that leads to a private address is not called', async () => {
    await models.saveCredential(ctx, { provider: 'openai-compatible', key: KEY, baseUrl: 'http://localhost:8080/v1' });
    const result = await models.testCredential(ctx, { provider: 'openai-compatible', model: 'openai-compatible/x' });
    expect(result).toMatchObject({ ok: false });
    expect(result.message).toContain('has no public address');
  });

  test('a private address that the operator allows is called', async () => {
    setEnv('MUSTER_CONNECTOR_PRIVATE_HOSTS', '127.0.0.1');
    const baseUrl = `${server.url}/v1`;
    await models.saveCredential(ctx, { provider: 'openai-compatible', key: 'sk-server', baseUrl });
    const tested = models.testCredential(ctx, { provider: 'openai-compatible', model: 'openai-compatible/x' });
    expect(await tested).toMatchObject({ ok: true });
  });

  test.each(['viewer', 'developer', 'billing_admin'] as const)('%s changes none', async (role) => {
    await expect(models.saveCredential(as(role), { provider: 'openai', key: KEY })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await expect(models.removeCredential(as(role), { provider: 'openai' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await expect(models.testCredential(as(role), { provider: 'openai' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  test('viewers do not see where keys come from', async () => {
    await expect(models.listProviders(as('viewer'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('connection test', () => {
  test.each<CredentialProvider>(CredentialProvider.options)('%s', async (provider) => {
    serveFromHere(provider);
    setEnv('AZURE_OPENAI_DEPLOYMENTS', 'prod');
    expect(await models.testCredential(ctx, { provider })).toMatchObject({ ok: true });
    serveFromHere(provider, 'sk-wrong-key');
    const refused = await models.testCredential(ctx, { provider, model: `${provider}/any` });
    expect(refused).toMatchObject({ ok: false, model: `${provider}/any` });
    expect(refused.message).toContain('refused the key');
    expect(refused.message).not.toContain('sk-wrong');
    expect(await models.testCredential(ctx, { provider, model: 'sandbox/assistant' })).toMatchObject({ ok: false });
  });

  test('without a key', async () => {
    const result = await models.testCredential(ctx, { provider: 'openai' });
    expect(result.ok).toBe(false);
    expect(result.message).toContain('Add one in Settings');
  });
});

describe('terms', () => {
  const price = { input: 1_000_000, cachedInput: 100_000, output: 2_000_000 };

  test('are set over the list, shown beside it, written in the audit, and taken back', async () => {
    const set = await models.setTerms(ctx, { model: 'openai/gpt-5', price, quality: 99 });
    expect(set).toMatchObject({ ownPrice: price, price: expect.objectContaining(price), quality: 99, ownQuality: 99 });
    expect(set.listPrice).toMatchObject({ input: 1_250_000 });
    // Told of, although no provider with a key serves it.
    const found = async () => (await models.listTerms(as('viewer'))).find(({ model }) => model === 'openai/gpt-5');
    expect(await found()).toEqual(set);
    expect((await models.resolveModel(await withKey(), 'openai/gpt-5')).price).toMatchObject(price);
    await models.setTerms(ctx, { model: 'openai/gpt-5', price: null, quality: null });
    expect((await models.resolveModel(ctx, 'openai/gpt-5')).price).toMatchObject({ input: 1_250_000 });
    const { items } = await listAudit(ctx, ListAuditInput.parse({}));
    expect(items.filter(({ action }) => action === 'model.terms')).toHaveLength(2);
  });

  const withKey = async () => {
    await models.saveCredential(ctx, { provider: 'openai', key: KEY });
    return ctx;
  };

  test('are of one organization, and set by who may change keys', async () => {
    await models.setTerms(ctx, { model: 'together/x', price, quality: null });
    expect((await models.listTerms(await makeOrganization())).map(({ model }) => model)).not.toContain('together/x');
    await expect(models.setTerms(as('developer'), { model: 'together/x', price, quality: null })).rejects.toMatchObject(
      {
        code: 'FORBIDDEN',
      },
    );
    await expect(models.setTerms(ctx, { model: 'mistral/x', price, quality: null })).rejects.toMatchObject({
      code: 'INVALID',
    });
  });
});
