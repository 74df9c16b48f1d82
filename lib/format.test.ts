import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBytes, formatCost, formatDuration, formatPrice, formatRelative, shortId } from './format';

describe('formatCost', () => {
  it.each([
    [0, '$0'],
    [1, '$0.000001'],
    [17, '$0.000017'],
    [4_200, '$0.0042'],
    [42_000, '$0.042'],
    [123_456, '$0.123'],
    [1_500_000, '$1.50'],
    [1_234_567_890, '$1,234.57'],
    [-4_200, '-$0.0042'],
  ])('%i micro-dollars are %s', (micros, text) => expect(formatCost(micros)).toBe(text));

  it('never rounds something to nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000_000_000 }), (micros) => {
        expect(formatCost(micros)).toMatch(/[1-9]/);
      }),
    );
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [340, '340 ms'],
    [2_400, '2.4 s'],
    [59_960, '1 m'],
    [192_000, '3 m 12 s'],
    [7_500_000, '2 h 5 m'],
    [273_600_000, '3 d 4 h'],
  ])('%i ms are %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe('formatRelative', () => {
  const now = Date.UTC(2026, 5, 15, 12);
  it.each([
    [2_000, 'just now'],
    [12_000, '12 s ago'],
    [300_000, '5 m ago'],
    [-260_000_000, 'in 3 d'],
    [3 * 3_600_000, '3 h ago'],
  ])('%i ms before is %s', (ms, text) => expect(formatRelative(new Date(now - ms), now)).toBe(text));

  it('names the day of what is long ago', () => {
    expect(formatRelative(new Date(Date.UTC(2026, 1, 3, 12)), now)).toBe('Feb 3');
    expect(formatRelative(new Date(Date.UTC(2024, 1, 3, 12)), now)).toBe('Feb 3, 2024');
  });
});

it('shortens ids, prices and sizes', () => {
  expect(shortId('0190a5c0-7e1a-7c3b-9d2e-4f5a6b7c8d9e')).toBe('0190a5…8d9e');
  expect(formatPrice(250_000)).toBe('$0.25');
  expect(formatPrice(3_000_000)).toBe('$3');
  expect(formatBytes(70_000)).toBe('68.4 KB');
});
