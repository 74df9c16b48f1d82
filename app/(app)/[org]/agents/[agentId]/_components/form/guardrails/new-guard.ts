import { Guard, type GuardType } from '@/lib/contracts/guardrails';

const EXAMPLE_SCORER = `// Gives 0 to a text that promises something, 1 to any other.
return /\\b(guarantee|promise)/i.test(input) ? 0 : 1;`;

/** A guard as it is added: its defaults, and an example where there is no default to have. */
export function newGuard(type: GuardType): Guard {
  switch (type) {
    case 'blocked_terms':
      return { type, terms: [], action: 'block' };
    case 'schema':
      return { type, schema: { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'] } };
    case 'scorer':
      return { type, name: 'No promises', code: EXAMPLE_SCORER, least: 0.5 };
    default:
      return Guard.parse({ type });
  }
}
