import { expect, test } from 'vitest';
import { AgentVariable } from './agent-variables';

const problemsOf = (variable: object) =>
  AgentVariable.safeParse({ name: 'a', ...variable }).error?.issues.map(({ path, message }) => [
    path.join('.'),
    message,
  ]);

test('a default is of the type of its variable', () => {
  expect(problemsOf({ default: 'anything' })).toBeUndefined();
  expect(problemsOf({ type: 'number', default: '-3.5e2' })).toBeUndefined();
  expect(problemsOf({ type: 'number', default: 'three' })).toEqual([['default', expect.stringContaining('a number')]]);
  expect(problemsOf({ type: 'choice', choices: ['x', 'y'], default: 'y' })).toBeUndefined();
  expect(problemsOf({ type: 'choice', choices: ['x'], default: 'z' })).toEqual([
    ['default', expect.stringContaining('one of: x')],
  ]);
  expect(problemsOf({ type: 'choice' })).toEqual([['choices', 'Write what may be chosen.']]);
});
