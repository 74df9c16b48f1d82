import { Decimal } from 'decimal.js';
import { Invalid } from '../errors';
import { type Token, tokenize } from './tokens';

/** Digits shown; ten more are carried along, so that 1/3*3 is 1. Sums and products of up to 60 digits are exact. */
const SHOWN_DIGITS = 50;
const Exact = Decimal.clone({ precision: SHOWN_DIGITS + 10, toExpNeg: -30, toExpPos: 40, modulo: Decimal.ROUND_DOWN });
const MAX_EXPONENT = 10_000;
const MAX_DEPTH = 100;

/** A value, and whether it was written as a percentage: `200 + 10%` is 220. */
interface Value {
  number: Decimal;
  percent?: boolean;
}

const one =
  (f: (x: Decimal) => Decimal) =>
  (...args: Decimal[]): Decimal => {
    const [x] = args;
    if (!x || args.length !== 1) throw new Invalid('takes one argument');
    return f(x);
  };
const some =
  (f: (...xs: Decimal[]) => Decimal) =>
  (...args: Decimal[]): Decimal => {
    if (args.length === 0) throw new Invalid('takes at least one argument');
    return f(...args);
  };
const angle = (f: (x: Decimal) => Decimal) =>
  one((x) => {
    if (x.abs().gt(1e6)) throw new Invalid('takes an angle of at most a million radians');
    return f(x);
  });
const inRange = (x: Decimal): Decimal => {
  if (x.abs().gt(20_000)) throw new Invalid('the exponent is too large');
  return x;
};

const FUNCTIONS: Record<string, (...args: Decimal[]) => Decimal> = {
  sqrt: one((x) => x.sqrt()),
  cbrt: one((x) => x.cbrt()),
  abs: one((x) => x.abs()),
  floor: one((x) => x.floor()),
  ceil: one((x) => x.ceil()),
  ln: one((x) => x.ln()),
  exp: one((x) => inRange(x).exp()),
  sin: angle((x) => x.sin()),
  cos: angle((x) => x.cos()),
  tan: angle((x) => x.tan()),
  min: some((...xs) => Exact.min(...xs)),
  max: some((...xs) => Exact.max(...xs)),
  sum: some((...xs) => Exact.sum(...xs)),
  avg: some((...xs) => Exact.sum(...xs).div(xs.length)),
  round: (x, digits = new Exact(0), ...rest) => {
    if (!x || rest.length > 0) throw new Invalid('takes a number and how many decimals');
    if (!digits.isInteger() || digits.abs().gt(100)) throw new Invalid('takes a whole number of decimals up to 100');
    return digits.isNegative()
      ? x.toNearest(new Exact(10).pow(digits.neg()))
      : x.toDecimalPlaces(digits.toNumber(), Decimal.ROUND_HALF_UP);
  },
  log: (x, base = new Exact(10), ...rest) => {
    if (!x || rest.length > 0) throw new Invalid('takes a number and its base');
    return x.log(base);
  },
};
const CONSTANTS: Record<string, Decimal> = { pi: Exact.acos(-1), e: new Exact(1).exp() };

/**
 * Works out an expression in decimals: exact while the result has at most 60 digits, else rounded to 50.
 * Total: every text gives a number or Invalid, within a bounded time.
 * @throws Invalid that says what cannot be read or worked out.
 */
export function evaluate(expression: string): string {
  const parser = new Parser(tokenize(expression));
  return bounded(parser.whole().toSignificantDigits(SHOWN_DIGITS)).toString();
}

/** Precedence climbing. Loosest first: + -, then * / mod of, then sign, then ^ (to the right), then postfix %. */
class Parser {
  private at = 0;
  private depth = 0;
  constructor(private readonly tokens: Token[]) {}

  whole(): Decimal {
    if (this.next().type === 'end') throw new Invalid('The expression is empty.');
    const value = this.sum();
    if (this.next().type !== 'end') throw this.unexpected();
    return value.number;
  }

  private next(): Token {
    return this.tokens[this.at] ?? { type: 'end', text: '', at: 0 };
  }

  private take(...texts: string[]): string | undefined {
    const { type, text } = this.next();
    if (type === 'number' || type === 'end' || !texts.includes(text)) return undefined;
    this.at += 1;
    return text;
  }

  private unexpected(): Invalid {
    const { type, text, at } = this.next();
    return new Invalid(
      type === 'end'
        ? 'The expression ends too early.'
        : `Did not expect ${JSON.stringify(text)} at position ${at + 1}.`,
    );
  }

  private sum(): Value {
    let left = this.product();
    for (let sign = this.take('+', '-'); sign; sign = this.take('+', '-')) {
      const right = this.product();
      const amount = right.percent && !left.percent ? left.number.times(right.number) : right.number;
      const number = bounded(sign === '+' ? left.number.plus(amount) : left.number.minus(amount));
      left = { number, percent: left.percent && right.percent };
    }
    return left;
  }

  private product(): Value {
    let left = this.signed();
    for (;;) {
      const operator = this.take('*', '/', 'mod', 'of', '%');
      if (!operator) return left;
      const right = this.signed().number;
      if ((operator === '/' || operator === 'mod' || operator === '%') && right.isZero())
        throw new Invalid('Division by zero.');
      if (operator === '*' || operator === 'of') left = { number: bounded(left.number.times(right)) };
      else left = { number: bounded(operator === '/' ? left.number.div(right) : left.number.mod(right)) };
    }
  }

  private signed(): Value {
    const sign = this.take('-', '+');
    if (!sign) return this.power();
    const value = this.nested(() => this.signed());
    return sign === '-' ? { ...value, number: value.number.neg() } : value;
  }

  private power(): Value {
    const base = this.percentage();
    if (!this.take('^')) return base;
    const exponent = this.nested(() => this.signed()).number;
    if (base.number.isZero() && exponent.isNegative()) throw new Invalid('Division by zero.');
    // What is sure to be out of bounds is not worked out at all.
    if (
      !base.number.isZero() &&
      exponent
        .abs()
        .times(Math.abs(base.number.e) + 1)
        .gt(MAX_EXPONENT * 4)
    )
      throw tooLarge();
    return { number: bounded(base.number.pow(exponent)) };
  }

  /** `17%` is a percentage, `17 % 5` is what is left after division: it depends on what follows. */
  private percentage(): Value {
    const value = this.operand();
    if (this.next().type !== 'symbol' || this.next().text !== '%') return value;
    const after = this.tokens[this.at + 1];
    const operandFollows =
      after?.type === 'number' ||
      (after?.type === 'name' && !['of', 'mod'].includes(after.text)) ||
      after?.text === '(';
    if (operandFollows) return value;
    this.at += 1;
    return { number: value.number.div(100), percent: true };
  }

  private operand(): Value {
    const token = this.next();
    if (token.type === 'number') {
      this.at += 1;
      return { number: bounded(new Exact(token.text)) };
    }
    if (this.take('(')) return this.closed(() => this.nested(() => this.sum()));
    if (token.type !== 'name') throw this.unexpected();
    this.at += 1;
    const constant = Object.hasOwn(CONSTANTS, token.text) ? CONSTANTS[token.text] : undefined;
    if (constant) return { number: constant };
    const apply = Object.hasOwn(FUNCTIONS, token.text) ? FUNCTIONS[token.text] : undefined;
    if (!apply)
      throw new Invalid(`There is no function ${token.text}. There are: ${Object.keys(FUNCTIONS).join(', ')}.`);
    if (!this.take('(')) throw new Invalid(`Write the argument of ${token.text} in parentheses.`);
    return this.closed(() => ({ number: call(token.text, apply, this.arguments()) }));
  }

  private arguments(): Decimal[] {
    if (this.next().text === ')') return [];
    const args = [this.nested(() => this.sum()).number];
    while (this.take(',')) args.push(this.nested(() => this.sum()).number);
    return args;
  }

  private closed(inside: () => Value): Value {
    const { number } = inside();
    if (!this.take(')'))
      throw this.next().type === 'end' ? new Invalid('A parenthesis is not closed.') : this.unexpected();
    return { number };
  }

  private nested<T>(inside: () => T): T {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw new Invalid(`The expression is nested deeper than ${MAX_DEPTH}.`);
    const value = inside();
    this.depth -= 1;
    return value;
  }
}

function call(name: string, apply: (...args: Decimal[]) => Decimal, args: Decimal[]): Decimal {
  try {
    return bounded(apply(...args));
  } catch (error) {
    if (error instanceof Invalid) throw new Invalid(`${name}: ${error.message}`);
    throw error;
  }
}

const tooLarge = () => new Invalid(`The result is beyond 10^±${MAX_EXPONENT}.`);

function bounded(number: Decimal): Decimal {
  if (number.isNaN()) throw new Invalid('This is not defined for real numbers.');
  if (!number.isFinite() || (!number.isZero() && Math.abs(number.e) > MAX_EXPONENT)) throw tooLarge();
  return number;
}
