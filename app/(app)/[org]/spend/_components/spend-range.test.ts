import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SpendInput } from '@/lib/contracts/ledger';
import { daysBetween, parseSpend } from './spend-range';

const NOW = Date.UTC(2026, 10, 20, 23, 59);
const parse = (query: string) => parseSpend(new URLSearchParams(query), NOW);

test('ranges are days in UTC, both ends included', () => {
  expect(parse('').input).toEqual({ from: '2026-10-22', to: '2026-11-20' });
  expect(parse('range=today').input).toEqual({ from: '2026-11-20', to: '2026-11-20' });
  expect(parse('range=week').input).toEqual({ from: '2026-11-14', to: '2026-11-20' });
  expect(parse('range=month').input).toEqual({ from: '2026-11-01', to: '2026-11-20' });
  expect(parse('range=custom&from=2026-02-01&to=2026-02-28').input).toEqual({ from: '2026-02-01', to: '2026-02-28' });
  expect(daysBetween('2026-02-27', '2026-03-02')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02']);
});

test('what is no range is the last 30 days, and what is no id narrows nothing', () => {
  for (const odd of [
    'range=odd',
    'range=custom',
    'range=custom&from=2026-02-30&to=2026-03-01',
    'range=custom&from=2026-03-02&to=2026-03-01',
  ]) {
    expect(parse(odd)).toMatchObject({ range: 'days30', input: { from: '2026-10-22' } });
  }
  expect(parse('agent=none&by=1&model=').input).toEqual(parse('').input);
});

test('whatever stands in the address is an input', () => {
  const word = fc.oneof(fc.string(), fc.constantFrom('custom', 'today', '2026-01-01', '2026-13-01', '0000-00-00'));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('range', 'from', 'to', 'agent', 'by', 'model'), word), (query) => {
      const params = new URLSearchParams(query);
      const { input } = parseSpend(params, NOW);
      if (input.item?.includes('\u0000') !== true) SpendInput.parse(input);
      expect(daysBetween(input.from, input.to).at(-1)).toBe(input.to);
    }),
  );
});
