import type { JsonValue } from '@/lib/contracts/json';

/** One argument as its JSON Schema describes it; what has no field of its own is written as JSON. */
export interface Argument {
  name: string;
  type: 'string' | 'number' | 'boolean' | 'json';
  description: string | undefined;
  required: boolean;
  choices: string[];
  default: JsonValue | undefined;
}

const isObject = (value: JsonValue | undefined): value is { [key: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function argumentsOf(schema: JsonValue): Argument[] {
  if (!isObject(schema) || !isObject(schema.properties)) return [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).map(([name, property]) => {
    const about = isObject(property) ? property : {};
    const choices = Array.isArray(about.enum) ? about.enum.filter((choice) => typeof choice === 'string') : [];
    const type = about.type === 'integer' ? 'number' : about.type;
    return {
      name,
      type: type === 'string' || type === 'number' || type === 'boolean' ? type : 'json',
      description: typeof about.description === 'string' ? about.description : undefined,
      required: required.includes(name),
      choices,
      default: about.default,
    };
  });
}
