import { expect, test } from 'vitest';
import { nextModel } from './route-values';

test('the next model is of another provider if it can be, the sandbox when nothing else is left, and none for tests', () => {
  const models = [
    'sandbox/assistant',
    'sandbox/obedient',
    'moonshot/kimi-k3',
    'moonshot/kimi-k2.6',
    'openai/gpt-6-luna',
  ];
  expect(nextModel(models, ['sandbox/assistant'])).toBe('moonshot/kimi-k3');
  expect(nextModel(models, ['moonshot/kimi-k3'])).toBe('openai/gpt-6-luna');
  expect(nextModel(models, ['moonshot/kimi-k3', 'openai/gpt-6-luna'])).toBe('moonshot/kimi-k2.6');
  expect(nextModel(models, models.slice(2))).toBe('sandbox/assistant');
  expect(nextModel(['sandbox/assistant', 'sandbox/obedient'], ['sandbox/assistant'])).toBeUndefined();
});
