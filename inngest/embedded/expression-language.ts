import { Environment } from '@marcbachmann/cel-js';
import { isObject } from './canonical';
import { durationMs } from './durations';

/**
 * CEL as Inngest speaks it (its `pkg/expressions`): what an event does not have is null and no error, `+` joins what is
 * unlike, null compares as the zero of the other side, and there are some functions more. The library has hooks for
 * operators of known types alone, so that the nodes of a parsed expression are given an evaluation of their own.
 */

/** What an event does not have, or an operation that failed: equal to nothing but null, and less than everything. */
class Missing {}
export const MISSING = new Missing();

type Program = ReturnType<Environment['parse']>;
type Evaluate = (evaluator: Evaluator, node: Node, context: unknown) => unknown;
interface Evaluator {
  run(node: Node, context: unknown): unknown;
}
/** A node after its check, which is when the library knows how to handle it. */
interface Node {
  op: string;
  args: unknown;
  left: Node;
  right: Node;
  handle(...parameters: unknown[]): unknown;
  meta: { evaluate: Evaluate; alternate?: Node };
  setMeta(name: 'evaluate', evaluate: Evaluate): void;
}

const environment = new Environment({ homogeneousAggregateLiterals: false })
  .registerVariable('event', 'dyn')
  .registerVariable('async', 'dyn')
  .registerType('Missing', Missing)
  .registerFunction('lowercase(string): string', (text: string) => text.toLowerCase())
  .registerFunction('uppercase(string): string', (text: string) => text.toUpperCase())
  .registerFunction('b64decode(string): string', (text: string) => Buffer.from(text, 'base64').toString())
  .registerFunction('json_parse(string): dyn', jsonOf)
  .registerFunction('date(dyn): google.protobuf.Timestamp', dateOf)
  .registerFunction('now(): google.protobuf.Timestamp', () => new Date())
  .registerFunction('now_plus(string): google.protobuf.Timestamp', (text: string) => fromNow(text, 1))
  .registerFunction('now_minus(string): google.protobuf.Timestamp', (text: string) => fromNow(text, -1));

const text = (value: unknown): string => (value === null ? '' : String(value));
const join = (left: unknown, right: unknown): string => text(left) + text(right);
// They are evaluated below; the check of an expression has to know that they exist.
const SCALARS = ['string', 'int', 'double', 'bool'];
for (const left of SCALARS) {
  for (const right of [...SCALARS, 'null']) {
    if (left !== right) environment.registerOperator(`${left} + ${right}: string`, join);
  }
  environment.registerOperator(`null + ${left}: string`, join).registerOperator(`${left} == null`, () => false);
  for (const op of ['<', '<=', '>', '>=']) {
    environment.registerOperator(`${left} ${op} null`, () => false).registerOperator(`null ${op} ${left}`, () => false);
  }
}

/** An object; an empty one for all that is none. */
function jsonOf(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** A text without a zone is in UTC; a number is in seconds or milliseconds, and no earlier than 2000. */
function dateOf(value: unknown): unknown {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number === 'number') return number < 946_684_800 ? MISSING : new Date(number * (number < 1e10 ? 1000 : 1));
  if (typeof value !== 'string') return value instanceof Date ? value : MISSING;
  const zoned = /^\d{4}-\d\d-\d\dT[\d:.]+$/.test(value) ? `${value}Z` : value;
  return valid(new Date(zoned));
}

const fromNow = (duration: string, sign: number): unknown =>
  valid(new Date(Date.now() + sign * (durationMs(duration) ?? Number.NaN)));
const valid = (date: Date): unknown => (Number.isNaN(date.getTime()) ? MISSING : date);

type Ordered = string | number | bigint;
const COMPARE: Record<string, (left: Ordered, right: Ordered) => boolean> = {
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};
const BINARY = new Set(['==', '!=', 'in', '+', '-', '*', '/', '%', ...Object.keys(COMPARE)]);
const ZERO: Record<string, Ordered> = { string: '', number: 0, bigint: 0n };

function ofMissing(op: string, left: unknown, right: unknown): unknown {
  switch (op) {
    case '+':
      return left === MISSING ? right : left;
    case '==':
      return left === null || right === null;
    case '!=':
      return left !== null && right !== null;
    case '<':
    case '<=':
      return left === MISSING;
    case '>':
    case '>=':
      return left !== MISSING;
    default:
      return false;
  }
}

const isScalar = (value: unknown): boolean => value === null || typeof value !== 'object';
const isNumber = (value: unknown): boolean => typeof value === 'number' || typeof value === 'bigint';
const kindOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? value.constructor : value === null || typeof value;

/** Undefined where the library knows what to do. */
function ofUnlike(op: string, left: unknown, right: unknown): unknown {
  if (kindOf(left) === kindOf(right)) return undefined;
  if (op === '+') return isScalar(left) && isScalar(right) ? join(left, right) : undefined;
  const compare = COMPARE[op];
  if (!compare || (isNumber(left) && isNumber(right))) return undefined;
  const zero = left === null || right === null ? ZERO[typeof (left ?? right)] : undefined;
  return zero === undefined ? MISSING : compare((left ?? zero) as Ordered, (right ?? zero) as Ordered);
}

const isTruthy = (value: unknown): boolean => value !== MISSING && Boolean(value);

function orMissing(evaluate: () => unknown): unknown {
  try {
    return evaluate();
  } catch {
    return MISSING;
  }
}

/** How a node is evaluated; undefined where the library does it. */
function evaluationOf({ op, meta: { evaluate } }: Node): Evaluate | undefined {
  const run = (ev: Evaluator, node: Node, context: unknown) => orMissing(() => ev.run(node, context));
  switch (op) {
    case '.':
      return (ev, node, context) => {
        const whole = run(ev, node.left, context);
        // The library would throw, which takes ten times as long.
        if (!isObject(whole) || !Object.hasOwn(whole, String(node.right))) return MISSING;
        return orMissing(() => node.handle(whole, node.right, node, ev));
      };
    case '[]':
      return (ev, node, context) => orMissing(() => evaluate(ev, node, context));
    case '||':
    case '&&':
      return (ev, { left, right }, context) => {
        const first = run(ev, left, context);
        return isTruthy(first) === (op === '||') ? first : run(ev, right, context);
      };
    case '!_':
    case '-_':
      return (ev, node, context) => {
        const value = run(ev, node.args as Node, context);
        return value === MISSING ? false : orMissing(() => node.handle(value, node, ev));
      };
    case 'call':
    case 'rcall':
      return (ev, node, context) => {
        const [name, ...rest] = node.args as [string, ...unknown[]];
        const values = (rest.flat() as Node[]).map((argument) => run(ev, argument, context));
        if (values.includes(MISSING)) return name === 'size' ? 0n : false;
        return orMissing(() => (op === 'call' ? node.handle(values, node, ev) : node.handle(values, ev, node)));
      };
    default:
      if (!BINARY.has(op)) return undefined;
      return (ev, node, context) => {
        const [left, right] = [run(ev, node.left, context), run(ev, node.right, context)];
        if (left === MISSING || right === MISSING) return ofMissing(op, left, right);
        return ofUnlike(op, left, right) ?? orMissing(() => node.handle(left, right, node, ev));
      };
  }
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'setMeta' in value;

/** Gives a node, or all of a list, and what is below it their evaluation; macros have been expanded to an alternate one. */
function adapt(value: unknown): void {
  if (Array.isArray(value)) for (const each of value) adapt(each);
  if (!isNode(value)) return;
  const node = value.meta.alternate ?? value;
  const { iterable, init, step } = Object(node.args);
  adapt(node.op === 'comprehension' ? [iterable, init, step] : node.args);
  const evaluate = evaluationOf(node);
  if (evaluate) node.setMeta('evaluate', evaluate);
}

/** @throws what the library says of a text that does not parse, or uses functions and variables that are not there. */
export function parseExpression(text: string): Program {
  const program = environment.parse(text);
  const { error } = program.check();
  if (error) throw error;
  adapt(program.ast);
  return program;
}
