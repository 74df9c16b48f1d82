import { Invalid } from '../errors';
import { requireConnection } from './connections';
import { type ModelFacts, priceIn } from './facts';
import { openModel, parseModel } from './providers';
import type { ResolvedModel } from './resolved';
import { SANDBOX_MODELS } from './sandbox/models';

export const isSandbox = (model: string): boolean => model.startsWith('sandbox/');

/**
 * A model ready to be called, with the organization's key or else the server's.
 * @throws Invalid for a model that does not exist, PreconditionFailed without a key.
 */
export function openResolved(orgId: string, model: string, facts: ModelFacts): ResolvedModel {
  const { provider, id } = parseModel(model);
  const price = priceIn(facts, model);
  if (provider === 'sandbox') {
    return { model, provider, source: 'built-in', price, language: getSandboxModel(id).model, redact: (text) => text };
  }
  const connection = requireConnection(orgId, provider, facts);
  const language = openModel(provider, id, connection);
  return { model, provider, source: connection.source, price, language, redact: redactor(connection.key) };
}

/** @throws Invalid that names those there are. */
export function getSandboxModel(id: string) {
  const found = SANDBOX_MODELS.get(id);
  if (found) return found;
  const known = [...SANDBOX_MODELS.keys()].map((name) => `sandbox/${name}`).join(', ');
  throw new Invalid(
    `There is no model ${JSON.stringify(`sandbox/${id}`.slice(0, 100))}. Sandbox models are ${known}.`,
    { fields: { model: 'Unknown model' } },
  );
}

/** OpenAI quotes wrong keys with stars in the middle. */
const redactor = (key: string | undefined) => (text: string) =>
  (key ? text.replaceAll(key, '[key]') : text).replace(/\bsk-[\w*.-]{6,}/g, '[key]');
