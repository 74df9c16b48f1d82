import { canonicalJson, isObject, type Json } from './canonical';
import { MISSING, parseExpression } from './expression-language';
import { isStorable } from './storable';

/** What an expression sees: `event` triggered the run, `async` is the one that arrives while it waits. */
export interface Scope {
  event: Json;
  async?: Json;
}

export class ExpressionError extends Error {
  override name = 'ExpressionError';
}

const compiled = new Map<string, (scope: Scope) => unknown>();
const MAX_COMPILED = 5_000;

/**
 * Compiles a CEL expression, once per text.
 * @throws ExpressionError when it does not parse, or uses a function or a variable that does not exist.
 */
export function compile(expression: string): (scope: Scope) => unknown {
  const known = compiled.get(expression);
  if (known) return known;
  try {
    const program = parseExpression(expression);
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    compiled.set(expression, program);
    return program;
  } catch (error) {
    const [why] = error instanceof Error ? error.message.split('\n') : [];
    throw new ExpressionError(`The expression ${JSON.stringify(expression)} does not parse: ${why}`, { cause: error });
  }
}

/** Why a text is no expression; undefined if it is one. */
export function expressionFault(expression: string): string | undefined {
  if (!isStorable(expression)) return 'The expression contains NUL or half of a surrogate pair';
  try {
    compile(expression);
    return undefined;
  } catch (error) {
    if (error instanceof ExpressionError) return error.message;
    throw error;
  }
}

/** The value of an expression; undefined when it is nothing the events have, or an operation failed. */
export function evaluate(expression: string, scope: Scope): unknown {
  const program = compile(expression);
  try {
    const value = program(scope);
    return value === MISSING ? undefined : value;
  } catch (error) {
    if (error instanceof Error && error.name === 'EvaluationError') return undefined;
    throw error;
  }
}

export const matches = (expression: string | null | undefined, scope: Scope): boolean =>
  !expression || evaluate(expression, scope) === true;

/** A key of idempotency or concurrency as text: equal values give equal keys. */
export function keyOf(expression: string, scope: Scope): string {
  const value = evaluate(expression, scope);
  const plain = (_name: string, part: unknown) => (typeof part === 'bigint' ? String(part) : part);
  return typeof value === 'string'
    ? value
    : typeof value === 'bigint'
      ? String(value)
      : (JSON.stringify(value, plain) ?? '');
}

const EQUALITY = /^\s*async((?:\.\w+)+)\s*==\s*(event(?:\.\w+)+|'[^'\\]*'|"[^"\\]*"|\d{1,15})\s*$/;
const EQUALITY_REVERSED = /^\s*(event(?:\.\w+)+|'[^'\\]*'|"[^"\\]*"|\d{1,15})\s*==\s*async((?:\.\w+)+)\s*$/;
const MAX_KEY_LENGTH = 200;

function scalarKey(path: string, value: Json | undefined): string | undefined {
  if (value === undefined || value === null || typeof value === 'object') return undefined;
  const key = `${path}=${canonicalJson(value)}`;
  return key.length > MAX_KEY_LENGTH || !isStorable(key) ? undefined : key;
}

function read(root: Json, path: string): Json | undefined {
  let value: Json | undefined = root;
  for (const name of path.split('.').filter(Boolean)) value = isObject(value) ? value[name] : undefined;
  return value;
}

/**
 * The equality an expression demands of the arriving event (`async.data.id == event.data.id`), as `path=value`: waits
 * are looked up by it, so that an event need not be tried on each of ten thousand waits. Undefined if it demands none.
 */
export function matchKey(expression: string | null | undefined, event: Json): string | undefined {
  if (!expression || /[|?()]/.test(expression)) return undefined;
  for (const part of expression.split('&&')) {
    const forward = EQUALITY.exec(part);
    const reverse = forward ? undefined : EQUALITY_REVERSED.exec(part);
    const path = forward?.[1] ?? reverse?.[2];
    const other = forward?.[2] ?? reverse?.[1];
    if (!path || !other) continue;
    const literal = /^['"]/.test(other) ? other.slice(1, -1) : Number(other);
    const key = scalarKey(path, other.startsWith('event.') ? read(event, other.slice('event'.length)) : literal);
    if (key) return key;
  }
  return undefined;
}

const MAX_KEYS = 200;

/** Every `path=value` an event offers to waits; undefined if there are too many, when all waits must be tried. */
export function matchKeys(event: Json): string[] | undefined {
  const keys: string[] = [];
  const walk = (value: Json | undefined, path: string): boolean => {
    if (Array.isArray(value)) return true;
    if (isObject(value)) return Object.entries(value).every(([name, member]) => walk(member, `${path}.${name}`));
    const key = scalarKey(path, value);
    if (key) keys.push(key);
    return keys.length <= MAX_KEYS;
  };
  return walk(event, '') ? keys : undefined;
}
