import type { ModelTerms, Rates, SetModelTermsInput } from '@/lib/contracts/models';
import { qualityOf } from '@/lib/model-quality';
import { findPrice } from '@/lib/prices';
import { recordAudit } from '../audit/service';
import { type OrgContext, requirePermission, withTenant } from '../context';
import { checkModel, listModels, toChoice } from './list';
import * as queries from './queries';

/** Every model that can be chosen, and every one that terms were set for, with what counts for it. */
export async function listTerms(ctx: OrgContext): Promise<ModelTerms[]> {
  requirePermission(ctx, 'models:read');
  const [choices, own] = await Promise.all([listModels(ctx), withTenant(ctx, queries.selectOverrides)]);
  const others = own.filter(({ model }) => !choices.some((choice) => choice.model === model));
  return [...choices, ...others.map(({ model }) => toChoice(model))].map((choice) =>
    termsOf(
      choice,
      own.find(({ model }) => model === choice.model),
    ),
  );
}

/** Sets what a model costs and how good it is for this organization; what is null goes by the list again. */
export async function setTerms(ctx: OrgContext, input: SetModelTermsInput): Promise<ModelTerms> {
  requirePermission(ctx, 'credentials:write');
  const { model, price, quality } = input;
  checkModel(model);
  return withTenant(ctx, async (tx) => {
    const before = (await queries.selectOverrides(tx)).find((row) => row.model === model);
    const after = price === null && quality === null ? undefined : { model, quality, ...(price ?? NO_PRICE) };
    if (after) await queries.upsertOverride(tx, after);
    else await queries.deleteOverride(tx, model);
    await recordAudit(tx, {
      action: 'model.terms',
      resourceType: 'model',
      resourceId: model,
      before: before && { price: ratesOf(before), quality: before.quality },
      after: { price, quality },
    });
    return termsOf(toChoice(model), after);
  });
}

type Own = Pick<queries.Override, 'model' | 'input' | 'cachedInput' | 'output' | 'quality'>;
const NO_PRICE = { input: null, cachedInput: null, output: null };

function ratesOf({ input, cachedInput, output }: Own): Rates | null {
  return input === null || cachedInput === null || output === null ? null : { input, cachedInput, output };
}

function termsOf(choice: ReturnType<typeof toChoice>, own: Own | undefined): ModelTerms {
  const ownPrice = own ? ratesOf(own) : null;
  const listPrice = findPrice(choice.model) ?? null;
  const listQuality = qualityOf(choice.model);
  const today = new Date().toISOString().slice(0, 10);
  return {
    ...choice,
    price: ownPrice ? { ...ownPrice, readOn: today } : listPrice,
    listPrice,
    ownPrice,
    listQuality,
    ownQuality: own?.quality ?? null,
    quality: own?.quality ?? listQuality,
  };
}
