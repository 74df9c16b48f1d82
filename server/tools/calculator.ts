import { z } from 'zod';
import { evaluate } from './arithmetic';
import { machineTool } from './tool';

const input = z.object({
  expression: z.string().min(1).max(1_000).describe('For example (2499 * 17%) / 3 or sqrt(2) ^ 3'),
});

export const calculator = machineTool({
  name: 'calculator',
  label: 'Calculator',
  does: 'Works out an arithmetic expression exactly.',
  group: 'numbers',
  reads: 'nothing',
  effect: 'none',
  description:
    'Works out an arithmetic expression exactly, in decimals. Operators + - * / ^ mod and postfix % (17% of 2499; 200 + 10% is 220), ' +
    'parentheses, pi, e, and sqrt cbrt abs round floor ceil min max sum avg ln log exp sin cos tan (radians). One expression, no variables.',
  inputSchema: input,
  isInstant: true,
  timeoutMs: 1_000,
  run: ({ expression }) => ({ expression, result: evaluate(expression) }),
});
