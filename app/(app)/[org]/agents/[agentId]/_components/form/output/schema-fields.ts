import type { JsonValue } from '@/lib/contracts/json';
import type { CheckableSchema } from '@/lib/contracts/json-schema';

export const FIELD_TYPES = {
  string: 'Text',
  number: 'Number',
  integer: 'Whole number',
  boolean: 'Yes or no',
  choice: 'Choice',
  list: 'List of texts',
} as const;
export type FieldType = keyof typeof FIELD_TYPES;

/** One property of a flat schema, as the form edits it. */
export interface SchemaField {
  name: string;
  type: FieldType;
  description: string;
  required: boolean;
  /** Of a choice. */
  choices: string[];
}

type Schema = { [key: string]: JsonValue };

/** The fields of a schema; undefined for one that says more than the form can show, which is edited as JSON. */
export function fieldsOf(schema: CheckableSchema): SchemaField[] | undefined {
  const { type, properties = {}, required = [], additionalProperties, ...more } = schema;
  if (type !== 'object' || Object.keys(more).length > 0 || !isObject(properties) || !Array.isArray(required)) return;
  if (additionalProperties !== undefined && additionalProperties !== false) return;
  const fields = Object.entries(properties).map(([name, property]) => toField(name, property, required.includes(name)));
  if (fields.some((field) => field === undefined)) return undefined;
  // The database keeps no order of properties, but that of lists.
  const place = ({ name }: SchemaField) => (required.includes(name) ? required.indexOf(name) : required.length);
  return (fields as SchemaField[]).toSorted((a, b) => place(a) - place(b));
}

/** Characters of a field's name. */
const MAX_NAME = 60;

/** True when two lists of fields are the same schema, whatever their order. */
export const isSame = (a: readonly SchemaField[], b: readonly SchemaField[]): boolean => canonical(a) === canonical(b);
const canonical = (fields: readonly SchemaField[]): string =>
  JSON.stringify(
    fields
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, type, description, required, choices }) => [name, type, description, required, choices]),
  );

export function schemaOf(fields: readonly SchemaField[]): CheckableSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, toProperty(field)])),
    required: fields.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
  };
}

/** What keeps fields from being a schema; undefined when nothing does. */
export function problemOf(fields: readonly SchemaField[]): string | undefined {
  const names = fields.map(({ name }) => name);
  if (names.some((name) => !name.trim())) return 'Give every field a name.';
  const long = names.find((name) => name.length > MAX_NAME);
  if (long) return `The name of a field has at most ${MAX_NAME} characters; ${long.slice(0, 20)}… has ${long.length}.`;
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice) return `The field ${twice} is there twice.`;
  const empty = fields.find(({ type, choices }) => type === 'choice' && choices.length === 0);
  return empty && `Write the choices of ${empty.name}, apart by commas.`;
}

function toField(name: string, property: JsonValue, required: boolean): SchemaField | undefined {
  if (!isObject(property)) return undefined;
  const { type, description = '', enum: choices, items, ...more } = property;
  if (Object.keys(more).length > 0 || typeof description !== 'string') return undefined;
  const field = { name, description, required, choices: [] };
  if (choices !== undefined) {
    const isChoice = Array.isArray(choices) && choices.every((choice) => typeof choice === 'string');
    return isChoice && (type === 'string' || type === undefined) ? { ...field, type: 'choice', choices } : undefined;
  }
  if (type === 'array') {
    const isTexts = isObject(items) && items.type === 'string' && Object.keys(items).length === 1;
    return isTexts ? { ...field, type: 'list' } : undefined;
  }
  if (items !== undefined) return undefined;
  return type === 'string' || type === 'number' || type === 'integer' || type === 'boolean'
    ? { ...field, type }
    : undefined;
}

function toProperty({ type, description, choices }: SchemaField): Schema {
  const said: Schema = description ? { description } : {};
  if (type === 'choice') return { type: 'string', enum: choices, ...said };
  if (type === 'list') return { type: 'array', items: { type: 'string' }, ...said };
  return { type, ...said };
}

const isObject = (value: JsonValue | undefined): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
