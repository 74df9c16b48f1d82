import { z } from 'zod';
import { name, text } from './text';

export const VariableType = z.enum(['text', 'number', 'choice']);
export type VariableType = z.infer<typeof VariableType>;

/** What instructions name as `{{name}}`, and whoever starts a run gives. */
export const AgentVariable = z
  .object({
    name: text(40).regex(/^[a-z][a-z0-9_]*$/, 'Lower case letters, digits and _, beginning with a letter.'),
    description: text(200).default(''),
    default: text(2_000).default(''),
    type: VariableType.optional().describe('text when omitted'),
    choices: z.array(name(200)).max(50).optional().describe('Of a choice: what may be given'),
    required: z.boolean().optional().describe('A run without it, and without a default, is refused'),
  })
  .superRefine((variable, check) => {
    if (variable.type === 'choice' && !variable.choices?.length) {
      check.addIssue({ code: 'custom', path: ['choices'], message: 'Write what may be chosen.' });
      return;
    }
    const problem = variable.default && unfitReason(variable, variable.default);
    if (problem) check.addIssue({ code: 'custom', path: ['default'], message: `The default must be ${problem}.` });
  });
export type AgentVariable = z.infer<typeof AgentVariable>;

/** What a value would have to be; undefined when it is. */
export function unfitReason({ type, choices = [] }: Pick<AgentVariable, 'type' | 'choices'>, value: string) {
  if (type === 'number' && !/^-?\d+(\.\d+)?(e[-+]?\d+)?$/i.test(value)) return 'a number such as 12 or 3.5';
  if (type === 'choice' && !choices.includes(value)) return `one of: ${choices.join(', ')}`;
  return undefined;
}
