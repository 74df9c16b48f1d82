import { z } from 'zod';

const units: Record<string, string> = { string: ' characters', array: ' of them', set: ' of them', file: ' bytes' };
const counted = (limit: number | bigint, origin: string): string => limit.toLocaleString('en') + (units[origin] ?? '');

/** What is wrong, in words for whoever filled in the field, where a contract has none of its own. */
z.config({
  customError(issue) {
    switch (issue.code) {
      case 'too_big':
        return `At most ${counted(issue.maximum, issue.origin)}.`;
      case 'too_small':
        if (issue.origin === 'string' && issue.minimum === 1) return 'Fill this in.';
        return `${issue.inclusive === false ? 'More than' : 'At least'} ${counted(issue.minimum, issue.origin)}.`;
      case 'invalid_type':
        if (issue.expected === 'int') return 'A whole number.';
        if (issue.expected === 'number') return 'A number.';
        return issue.input === undefined ? 'It is missing.' : undefined;
      default:
        return undefined;
    }
  },
});
