import type { JsonValue } from '@/lib/contracts/json';
import { Invalid } from '../errors';

export const MAX_ROWS = 1_000;
/** Characters of JSON; what a model is given of one tool is limited too. */
const MAX_CHARACTERS = 80_000;
/** Bytes that a server may send for one statement: a single value of a gigabyte is not waited for. */
export const MAX_WIRE_BYTES = 8_000_000;

/** Rows as they come, until there are enough. */
export class Rows {
  private readonly rows: JsonValue[] = [];
  private characters = 0;
  truncated = false;

  constructor(private readonly most = MAX_ROWS) {}

  /** False when no more are wanted. */
  add(row: unknown): boolean {
    const plain = toPlain(row);
    const size = JSON.stringify(plain).length + 1;
    if (this.rows.length >= this.most || this.characters + size > MAX_CHARACTERS) {
      this.truncated = true;
      return false;
    }
    this.characters += size;
    this.rows.push(plain);
    return true;
  }

  result(): { rows: JsonValue[]; rowCount: number; truncated: boolean } {
    return { rows: this.rows, rowCount: this.rows.length, truncated: this.truncated };
  }
}

/** What a driver gives, as JSON: times in ISO 8601, bytes in base64, large numbers as text. */
function toPlain(value: unknown): JsonValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPlain(item)]));
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return typeof value === 'string' || typeof value === 'boolean' ? value : String(value);
}

/** The answer of a server that sends more than anybody would read. */
export const tooLarge = () =>
  new Invalid(`The answer is larger than ${MAX_WIRE_BYTES / 1e6} MB. Ask for fewer rows or columns.`);
