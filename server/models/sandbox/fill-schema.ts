import type { JSONSchema7, JSONSchema7Definition } from '@ai-sdk/provider';
import type { JsonValue } from '@/lib/contracts/json';
import type { Exchange } from './context';

/** Said as the reasoning of such an answer, so that nobody takes it for more than it is. */
export const HOW_IT_WAS_FILLED =
  'This is the sandbox model: it filled the schema by simple rules, with numbers and words of the message and of what tools said.';

/** What a field is filled from. */
interface Known {
  /** Numbers that tools gave, then those of the message, as they come. */
  numbers: number[];
  /** The message and what tools said, to look words up in. */
  words: string;
  question: string;
  /** What would have been answered without a schema. */
  text: string;
}

/**
 * A value of the schema: a choice is the one that is named, a number the next that is known, an e-mail address or a date one
 * that is there, other texts what would have been answered, or the part of the message that follows the field's name.
 */
export function fillSchema(schema: JSONSchema7, { question, results }: Exchange, text: string): JsonValue {
  const said = results.map(({ output }) => JSON.stringify(output) ?? '');
  const found = results.flatMap(({ output }) => numbersOfResult(output));
  const known = { numbers: [...found, ...numbersIn(question)], words: [question, ...said].join(' '), question, text };
  return fill(schema, '', known, 0);
}

function fill(definition: JSONSchema7Definition, field: string, known: Known, depth: number): JsonValue {
  if (typeof definition === 'boolean' || depth > 8) return null;
  const schema = definition.anyOf?.[0] ?? definition.oneOf?.[0] ?? definition;
  if (typeof schema === 'boolean') return null;
  if (schema.const !== undefined) return schema.const as JsonValue;
  if (schema.enum) return chosen(schema.enum as JsonValue[], known.words);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, part]) => [name, fill(part, name, known, depth + 1)]),
      );
    case 'array':
      return filledList(schema, field, known, depth);
    case 'integer':
    case 'number':
      return numberFor(schema, type, known);
    case 'boolean':
      return new RegExp(`\\b${field.replaceAll('_', '[ _-]')}\\b`, 'i').test(known.question);
    case 'null':
      return null;
    default:
      return textFor(schema, field, known);
  }
}

function filledList({ items, minItems = 0, maxItems }: JSONSchema7, field: string, known: Known, depth: number) {
  const item = Array.isArray(items) ? items[0] : items;
  if (item === undefined) return [];
  const isNumber = typeof item === 'object' && (item.type === 'number' || item.type === 'integer');
  const count = Math.max(minItems, Math.min(maxItems ?? 20, isNumber ? known.numbers.length : 1));
  return Array.from({ length: count }, () => fill(item, field, known, depth + 1));
}

/** The one whose name comes first in what is known; else the last, where lists put what is left over. */
function chosen(values: readonly JsonValue[], words: string): JsonValue {
  const place = (value: JsonValue) => {
    const at = words
      .toLowerCase()
      .search(new RegExp(`\\b${literally(String(value).toLowerCase().replaceAll('_', ' '))}`));
    return at === -1 ? Number.POSITIVE_INFINITY : at;
  };
  const named = values.filter((value) => place(value) !== Number.POSITIVE_INFINITY);
  return named.toSorted((a, b) => place(a) - place(b))[0] ?? values.at(-1) ?? null;
}

function numberFor({ minimum, maximum }: JSONSchema7, type: 'integer' | 'number', { numbers }: Known): number {
  const fits = (value: number) =>
    (type === 'number' || Number.isInteger(value)) && value >= (minimum ?? value) && value <= (maximum ?? value);
  const at = numbers.findIndex(fits);
  // Each number is used once.
  return at === -1 ? (minimum ?? 0) : (numbers.splice(at, 1)[0] ?? 0);
}

const FORMATS: Record<string, [pattern: RegExp, otherwise: string]> = {
  email: [/[\w.+-]+@[\w-]+\.[\w.-]*\w/, 'unknown@example.com'],
  date: [/\b\d{4}-\d{2}-\d{2}\b/, '1970-01-01'],
  'date-time': [/\b\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})/, '1970-01-01T00:00:00Z'],
  uri: [/https?:\/\/[^\s"'<>)]+/, 'https://example.com'],
};

function textFor({ format, minLength = 0, maxLength = 2_000 }: JSONSchema7, field: string, known: Known): string {
  const [pattern, otherwise] = FORMATS[format ?? (/e_?mail/i.test(field) ? 'email' : '')] ?? [];
  const matched = pattern && known.words.match(pattern)?.[0];
  if (matched || otherwise) return matched ?? otherwise ?? '';
  const label = literally(field).replaceAll('_', '[ _-]');
  const after =
    label && new RegExp(`\\b${label}\\b(?:\\s+is)?\\s*[:=]?\\s*([^,;.?!\\n]+)`, 'i').exec(known.question)?.[1]?.trim();
  const value = after || (/subject|title|topic/i.test(field) ? known.question : known.text);
  return value.slice(0, maxLength).toWellFormed().padEnd(minLength, '.');
}

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const numbersIn = (text: string): number[] =>
  [...text.matchAll(/-?\d+(?:,\d{3})*(?:\.\d+)?/g)].map(([number]) => Number(number.replaceAll(',', '')));

/** What a tool worked out comes before what it was told. */
function numbersOfResult(output: unknown): number[] {
  if (typeof output === 'number') return [output];
  if (typeof output !== 'object' || output === null) return [];
  const { result } = output as { result?: unknown };
  return typeof result === 'number' ? [result] : typeof result === 'string' ? numbersIn(result) : [];
}
