import { CredentialProvider, type ModelChoice } from '@/lib/contracts/models';
import { findPrice, PRICED_MODELS } from '@/lib/prices';
import { type OrgContext, requirePermission } from '../context';
import { findConnection } from './connections';
import { getSandboxModel } from './open';
import { parseModel } from './providers';
import { SANDBOX_MODELS } from './sandbox/models';
import { listServed } from './served';

/** @throws Invalid for a provider that does not exist, or a sandbox model that does not; other names only the provider knows. */
export function checkModel(model: string): void {
  const { provider, id } = parseModel(model);
  if (provider === 'sandbox') getSandboxModel(id);
}

/** Every model somebody can choose now: of each provider with a key what it says it serves, else those with a known price. */
export async function listModels(ctx: OrgContext): Promise<ModelChoice[]> {
  requirePermission(ctx, 'models:read');
  const found = await Promise.all(
    CredentialProvider.options.map(async (provider) => {
      // A key that cannot be opened any more takes nothing else away.
      const connection = await findConnection(ctx, provider).catch(() => undefined);
      if (!connection) return [];
      const served = await listServed(provider, connection, ctx.org.id);
      const priced = PRICED_MODELS.filter((model) => parseModel(model).provider === provider);
      return served.length > 0 ? served : priced;
    }),
  );
  const sandbox = [...SANDBOX_MODELS.keys()].map((id) => `sandbox/${id}`);
  return [...found.flat(), ...sandbox].map(toChoice);
}

export function toChoice(model: string): ModelChoice {
  const { provider, id } = parseModel(model);
  const label = provider === 'sandbox' ? getSandboxModel(id).label : id;
  return { model, provider, label, price: findPrice(model) ?? null, sandbox: provider === 'sandbox' };
}
