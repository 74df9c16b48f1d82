import { expect, test } from 'vitest';
import { nextModel } from './route-values';

test('the next model is none for tests while there is another, and none twice', () => {
  const models = ['sandbox/assistant', 'sandbox/obedient', 'moonshot/kimi-k3'];
  expect(nextModel(models, [])).toBe('sandbox/assistant');
  expect(nextModel(models, ['sandbox/assistant'])).toBe('moonshot/kimi-k3');
  expect(nextModel(models, ['sandbox/assistant', 'moonshot/kimi-k3'])).toBe('sandbox/obedient');
  expect(nextModel(models, models)).toBeUndefined();
});
