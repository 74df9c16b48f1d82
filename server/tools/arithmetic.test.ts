import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Invalid } from '../errors';
import { evaluate } from './arithmetic';

describe('evaluate', () => {
  test.each([
    ['1 + 2 * 3', '7'],
    ['0.1 + 0.2', '0.3'],
    ['1/3*3', '1'],
    ['17% of 2,499', '424.83'],
    ['17 % of 2499', '424.83'],
    ['2499 * 17%', '424.83'],
    ['200 + 10%', '220'],
    ['200 - 10%', '180'],
    ['10% + 5%', '0.15'],
    ['17 % 5', '2'],
    ['17 mod 5', '2'],
    ['-7 mod 3', '-1'],
    ['2^3^2', '512'],
    ['-2^2', '-4'],
    ['2^-1', '0.5'],
    ['2**10', '1024'],
    ['(1+2)*(3+4)', '21'],
    ['6 × 7 ÷ 2 − 1', '20'],
    ['1_000 + .5', '1000.5'],
    ['1,234,567.89 * 2', '2469135.78'],
    ['max(1,234)', '234'],
    ['max((1,234), 5)', '1234'],
    ['sqrt(16) + cbrt(27)', '7'],
    ['round(2.5)', '3'],
    ['round(2.345, 2)', '2.35'],
    ['round(1234, -2)', '1200'],
    ['avg(1, 2, 4.5)', '2.5'],
    ['log(1000)', '3'],
    ['log(8, 2)', '3'],
    ['ln(e)', '1'],
    ['sin(0)', '0'],
    ['2 * PI', '6.2831853071795864769252867665590057683943387987502'],
    ['1.5e3', '1500'],
    ['123456789012345678901234567890 * 987654321', '121932631124828532112482853211126352690'],
    ['99999999999999999999 + 1', '100000000000000000000'],
    ['--2', '2'],
  ])('%s = %s', (expression, result) => {
    expect(evaluate(expression)).toBe(result);
  });

  test.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['1 +', 'ends too early'],
    ['1 / 0', 'Division by zero'],
    ['5 mod 0', 'Division by zero'],
    ['0 ^ -1', 'Division by zero'],
    ['(1', 'not closed'],
    ['1)', 'Did not expect ")"'],
    ['1 2', 'Did not expect "2"'],
    ['1,23', 'Did not expect ","'],
    ['0x10', 'Cannot read'],
    ['1; 2', 'Cannot read'],
    ['foo(1)', 'There is no function foo'],
    ['constructor(1)', 'There is no function constructor'],
    ['__proto__', 'Cannot read'],
    ['sqrt 4', 'in parentheses'],
    ['sqrt()', 'sqrt: takes one argument'],
    ['sqrt(1,2)', 'sqrt: takes one argument'],
    ['sqrt(-1)', 'not defined'],
    ['ln(0)', 'beyond'],
    ['9^9^9^9', 'beyond'],
    ['exp(1e9)', 'exponent is too large'],
    ['1e99999999', 'beyond'],
    ['sin(1e300)', 'at most a million'],
    [`${'('.repeat(500)}1`, 'nested deeper'],
    ['-'.repeat(900), 'nested deeper'],
  ])('%j: %s', (expression, message) => {
    expect(() => evaluate(expression)).toThrow(Invalid);
    expect(() => evaluate(expression)).toThrow(message);
  });

  const cents = fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n });
  const written = (n: bigint) => `${n < 0n ? '-' : ''}${abs(n) / 100n}.${(abs(n) % 100n).toString().padStart(2, '0')}`;
  const abs = (n: bigint) => (n < 0n ? -n : n);
  const shortest = (text: string) => text.replace(/\.?0+$/, '').replace(/^-0$/, '0');

  test('sums of money are exact', () => {
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        expect(evaluate(`${written(a)} + ${written(b)}`)).toBe(shortest(written(a + b)));
      }),
    );
  });

  test('products of whole numbers are exact', () => {
    fc.assert(
      fc.property(cents, fc.bigInt({ min: 0n, max: 10n ** 12n }), (a, b) => {
        expect(evaluate(`(${a}) * ${b}`)).toBe((a * b).toString());
      }),
    );
  });

  test('is total and quick: any text gives a number or Invalid', () => {
    const piece = fc.constantFrom(
      '1',
      '9',
      '99',
      '0.5',
      '1e9',
      '+',
      '-',
      '*',
      '/',
      '^',
      '%',
      '(',
      ')',
      ',',
      ' mod ',
      'sqrt(',
      'exp(',
      'sin(',
      'ln(',
      'log(',
      'round(',
      'pi',
      ' of ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 200 }),
          fc.array(piece, { maxLength: 60 }).map((p) => p.join('')),
        ),
        (expression) => {
          try {
            expect(evaluate(expression)).toMatch(/^-?\d+(\.\d+)?(e[+-]\d+)?$/);
          } catch (error) {
            expect(error).toBeInstanceOf(Invalid);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
