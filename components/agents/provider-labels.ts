import type { Provider } from '@/lib/contracts/models';

export const PROVIDER_LABELS: Record<Provider, string> = {
  sandbox: 'Sandbox',
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  'openai-compatible': 'OpenAI-compatible',
};
