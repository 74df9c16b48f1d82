import type { JsonValue } from '@/lib/contracts/json';
import { Invalid } from '../../errors';
import { plainText } from '../mcp/plain-text';

type Members = { [key: string]: JsonValue };

const MAX_DEPTH = 8;
const MAX_NODES = 2_000;
/** What a model has no use for. */
const DROPPED = /^(?:x-.*|xml|example|examples|externalDocs|discriminator|deprecated|\$schema|\$id|nullable)$/;

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands there, references followed. @throws Invalid for one that leads nowhere or in a circle. */
export function follow(whole: JsonValue, value: JsonValue | undefined): Members {
  let at = value;
  for (let steps = 0; isMembers(at) && typeof at.$ref === 'string'; steps += 1) {
    if (steps > 20) throw new Invalid(`$ref ${at.$ref} leads in a circle.`);
    at = find(whole, at.$ref);
  }
  return isMembers(at) ? at : {};
}

function find(whole: JsonValue, reference: string): JsonValue {
  const path = reference.replace(/^#\/?/, '').split('/').filter(Boolean);
  let at: JsonValue | undefined = whole;
  for (const part of path) {
    const key = decodeURIComponent(part).replace(/~1/g, '/').replace(/~0/g, '~');
    at = typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? (at as Members)[key] : undefined;
  }
  if (at === undefined) throw new Invalid(`$ref ${reference.slice(0, 200)} leads nowhere.`);
  return at;
}

/** A schema of the document by itself: references put in place, cut where it goes on for ever. `isCut` says so. */
export function expand(whole: JsonValue, schema: JsonValue | undefined): { schema: Members; isCut: boolean } {
  let nodes = 0;
  let isCut = false;
  const walk = (value: JsonValue, depth: number): JsonValue => {
    nodes += 1;
    if (typeof value === 'string') return plainText(value, 500);
    if (typeof value !== 'object' || value === null) return value;
    if (depth > MAX_DEPTH * 2 || nodes > MAX_NODES) {
      isCut = true;
      return {};
    }
    if (Array.isArray(value)) return value.map((item) => walk(item, depth + 1));
    const members = Object.entries(follow(whole, value)).filter(([key]) => !DROPPED.test(key));
    return Object.fromEntries(
      members
        // Of OpenAPI 3.0, where they were no numbers.
        .filter(([key, item]) => !(/^exclusiveM/.test(key) && typeof item === 'boolean'))
        .map(([key, item]) => [key, walk(item, depth + 1)]),
    );
  };
  const walked = walk(schema ?? {}, 0);
  return { schema: isMembers(walked) ? walked : {}, isCut };
}
