import type { LanguageModelV4 } from '@ai-sdk/provider';
import { assistant } from './assistant';
import { obedient } from './obedient';
import { scripted } from './scripted';

/** The models that need no key, by their id, and what they are for. */
export const SANDBOX_MODELS = new Map<string, { model: LanguageModelV4; label: string }>([
  ['assistant', { model: assistant, label: 'Assistant (sandbox: simple rules, real tools)' }],
  ['obedient', { model: obedient, label: 'Obedient (sandbox: for security tests)' }],
  ['scripted', { model: scripted, label: 'Scripted (sandbox: for tests and load)' }],
]);
