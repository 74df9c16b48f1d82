/** What Postgres cannot hold as text, or not as JSON. */
export const UNSTORABLE = ['\u0000', 'half \ud83d', '\udc00 half'];

/** What a field of any type may turn out to be. */
export const ODD: readonly unknown[] = [null, '', '__proto__', -1, 0.5, 3_000_000_000, 1e308, [], { constructor: 1 }];

export interface Mutant {
  /** `spec.tools.0.name` */
  field: string;
  input: Record<string, unknown>;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** The input once for each of its fields, with that field being `value`. */
export function mutate(
  input: Record<string, unknown>,
  value: unknown,
  which: (field: unknown) => boolean = () => true,
): Mutant[] {
  return Object.entries(input).flatMap(([name, field]) => {
    const here = which(field) ? [{ field: name, input: { ...input, [name]: value } }] : [];
    if (!isObject(field)) return here;
    const inside = mutate(field, value, which).map((mutant) => ({
      field: `${name}.${mutant.field}`,
      input: { ...input, [name]: Array.isArray(field) ? Object.values(mutant.input) : mutant.input },
    }));
    return [...here, ...inside];
  });
}
