import { newId } from '@/db/columns';
import type {
  AzureSettings,
  CredentialProvider,
  CredentialTest,
  ProviderStatus,
  RemoveCredentialInput,
  SaveCredentialInput,
  TestCredentialInput,
} from '@/lib/contracts/models';
import { needsKey } from '@/lib/contracts/models';
import { recordAudit } from '../audit/service';
import { type OrgContext, requirePermission, type TenantContext, withTenant } from '../context';
import { DomainError, Invalid, NotFound } from '../errors';
import { isReachable } from '../http/reach';
import { literalAddress, parseTarget } from '../http/target';
import { encryptSecret } from '../secrets/encryption';
import { callModel } from './call';
import { getConnection, keyCell, statusesOf } from './connections';
import { NO_FACTS, selectFacts } from './facts';
import { isSandbox, openResolved } from './open';
import { parseModel } from './providers';
import * as queries from './queries';
import type { ResolvedModel } from './resolved';
import { listServed } from './served';
import { VENDORS } from './vendors';

export { factsAre, type ModelFacts, selectFacts } from './facts';
export { getHealth, resetCircuit } from './health';
export { checkModel, listModels } from './list';
export { type ChosenModel, chooseModel, type Tried } from './routing/choose';
export { noteFailure, noteSuccess, tellsOfProvider } from './routing/circuits';
export { listTerms, setTerms } from './terms';

/**
 * A model ready to be called, with the organization's key or else the server's. Asks for no permission: whoever may run
 * an agent may use its model.
 * @throws Invalid for a model that does not exist, PreconditionFailed without a key.
 */
export async function resolveModel(ctx: OrgContext | TenantContext, model: string): Promise<ResolvedModel> {
  if (isSandbox(model)) return openResolved(ctx.org.id, model, NO_FACTS);
  return openResolved(ctx.org.id, model, await withTenant(ctx, (tx) => selectFacts(tx)));
}

/** Where each provider's key comes from. */
export async function listProviders(ctx: OrgContext): Promise<ProviderStatus[]> {
  requirePermission(ctx, 'credentials:read');
  const statuses = statusesOf(await withTenant(ctx, queries.selectCredentials));
  return [
    ...statuses,
    { provider: 'sandbox', source: 'built-in', hint: null, baseUrl: null, settings: {}, since: null },
  ];
}

/** Providers that can be asked: with a key, of the organization or of the server, or built in. Asks for no permission. */
export const usableProviders = async (tx: TenantContext): Promise<Set<string>> => {
  const statuses = statusesOf(await queries.selectCredentials(tx));
  return new Set(['sandbox', ...statuses.flatMap(({ provider, source }) => (source === 'none' ? [] : [provider]))]);
};

/** Keeps a key, encrypted, in place of the one before. Nobody can read it again. */
export async function saveCredential(ctx: OrgContext, input: SaveCredentialInput): Promise<ProviderStatus> {
  requirePermission(ctx, 'credentials:write');
  const { provider } = input;
  const key = checkedKey(input);
  const baseUrl = checkedBaseUrl(provider, addressOf(input));
  const settings = settingsOf(input);
  return withTenant(ctx, async (tx) => {
    const before = await queries.findCredential(tx, provider);
    const id = newId();
    const saved = await queries.upsertCredential(tx, {
      id,
      provider,
      baseUrl,
      settings,
      encryptedKey: await encryptSecret(tx, key, keyCell(id)),
      hint: hintOf(key),
    });
    // What failed with the key before says nothing of this one.
    await queries.deleteCircuit(tx, provider, 'organization');
    await recordAudit(tx, {
      action: 'credential.save',
      resourceType: 'model_credential',
      resourceId: id,
      before: before && visible(before),
      after: visible(saved),
    });
    return getStatus(tx, provider);
  });
}

/** Forgets the organization's key; the server's, if there is one, is used from then on. */
export async function removeCredential(ctx: OrgContext, { provider }: RemoveCredentialInput): Promise<ProviderStatus> {
  requirePermission(ctx, 'credentials:write');
  return withTenant(ctx, async (tx) => {
    const removed = await queries.deleteCredential(tx, provider);
    if (!removed) throw new NotFound('credential');
    await queries.deleteCircuit(tx, provider, 'organization');
    await recordAudit(tx, {
      action: 'credential.remove',
      resourceType: 'model_credential',
      resourceId: removed.id,
      before: visible(removed),
    });
    return getStatus(tx, provider);
  });
}

/** Asks the provider for one word with the key in use: costs next to nothing, and proves that everything works. */
export async function testCredential(ctx: OrgContext, input: TestCredentialInput): Promise<CredentialTest> {
  requirePermission(ctx, 'credentials:write');
  const started = performance.now();
  let model: string | null = input.model ?? null;
  try {
    model ??= await modelToTest(ctx, input.provider);
    if (parseModel(model).provider !== input.provider)
      throw new Invalid(`${model} is not a model of ${input.provider}.`);
    await callModel({
      resolved: await resolveModel(ctx, model),
      messages: [{ role: 'user', content: 'Answer with the word OK.' }],
      tools: [],
      // The least OpenAI accepts; an answer cut there is an answer too.
      parameters: { maxOutputTokens: 16 },
      signal: AbortSignal.timeout(30_000),
      timeouts: { firstTokenMs: 20_000, idleMs: 10_000 },
    });
    return { ok: true, model, message: `${model} answers.`, durationMs: Math.round(performance.now() - started) };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { ok: false, model, message: error.message, durationMs: Math.round(performance.now() - started) };
  }
}

async function modelToTest(ctx: OrgContext, provider: CredentialProvider): Promise<string> {
  const { testModel } = VENDORS[provider];
  if (testModel) return `${provider}/${testModel}`;
  const [served] = await listServed(provider, await getConnection(ctx, provider), ctx.org.id);
  if (served) return served;
  throw new Invalid('The address names no models of its own. Say which one to test.', {
    fields: { model: 'Needed here' },
  });
}

const getStatus = async (tx: TenantContext, provider: CredentialProvider): Promise<ProviderStatus> => {
  const status = statusesOf(await queries.selectCredentials(tx)).find((one) => one.provider === provider);
  if (!status) throw new NotFound('provider');
  return status;
};

const hintOf = (key: string): string => {
  if (key === '') return '';
  return key.length >= 12 ? `…${key.slice(-4)}` : '…';
};

const visible = ({ provider, baseUrl, settings, hint }: queries.Credential) => ({ provider, baseUrl, settings, hint });

/** Empty for a server that asks for none: then none is sent. */
function checkedKey({ provider, key: text }: SaveCredentialInput): string {
  const key = text.trim();
  if (key === '' && !needsKey(provider)) return key;
  if (key === '') throw new Invalid('Paste the key.', { fields: { key: 'Paste the key.' } });
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  const message = 'A key has no spaces, line breaks or special characters. Paste it again.';
  throw new Invalid(message, { fields: { key: message } });
}

const addressOf = ({ provider, baseUrl, resourceName }: SaveCredentialInput): string | undefined =>
  provider === 'azure' && resourceName ? `https://${resourceName}.openai.azure.com/openai` : baseUrl;

function settingsOf({ provider, apiVersion, deployments }: SaveCredentialInput): AzureSettings {
  if (provider !== 'azure') return {};
  return { ...(apiVersion && { apiVersion }), ...(deployments && deployments.length > 0 && { deployments }) };
}

/** An organization's address is called through the guarded client, which checks what its name leads to at every call. */
function checkedBaseUrl(provider: CredentialProvider, baseUrl: string | undefined): string | null {
  const refuse = (message: string) => new Invalid(message, { fields: { baseUrl: message } });
  if (!baseUrl && !VENDORS[provider].baseUrl)
    throw refuse(
      provider === 'azure'
        ? "Say the resource's name, or its address up to and including /openai."
        : 'Say at which address the models are, up to and including /v1.',
    );
  if (!baseUrl) return null;
  try {
    const url = parseTarget(baseUrl);
    if (url.search || url.hash) throw refuse('The address must end before ? and #.');
    const literal = literalAddress(url.hostname);
    if (literal && !isReachable(literal, literal)) {
      throw refuse(
        'A private address. Whoever runs this server can allow it in MUSTER_CONNECTOR_PRIVATE_HOSTS, or serve the provider to everybody by the environment (docs/models.md).',
      );
    }
    return url.href.replace(/\/+$/, '');
  } catch (error) {
    throw error instanceof DomainError && !(error instanceof Invalid) ? refuse(error.message) : error;
  }
}
