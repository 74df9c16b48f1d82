import { expect, test } from 'vitest';
import { toolLabel, toolSentence } from './tool-sentence';

test.each(['constructor', '__proto__', 'toString'])('a tool that a model calls %s is shown by its name', (name) => {
  expect([toolLabel(name), toolSentence(name, undefined)]).toEqual([name, name]);
});

test('a tool of ours has a label', () => expect(toolLabel('rest_get')).toBe('REST: read'));
