import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { ModelPrice, Provider } from '@/lib/contracts/models';

/** A model somebody may call now, with the key it takes inside. Never logged, stored or sent anywhere. */
export interface ResolvedModel {
  /** `provider/model` */
  model: string;
  provider: Provider;
  /** Where the key comes from. */
  source: 'built-in' | 'organization' | 'server';
  /** null when the price list does not know the model: its calls cost 0 and are counted in tokens only. */
  price: ModelPrice | null;
  /** The vendor's client. */
  language: LanguageModelV4;
  /** Takes the key out of a text from the provider, in case it quotes it. */
  redact(text: string): string;
}
