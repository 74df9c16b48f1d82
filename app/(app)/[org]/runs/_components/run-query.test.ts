import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runFilter } from './run-filter';
import { parseRunQuery, suggestFor } from './run-query';

describe('parseRunQuery', () => {
  it('takes filters and text apart', () => {
    expect(
      parseRunQuery('status:failed,waiting agent:"Customer Support" cost:>0.02 refund "order 7" trigger:api'),
    ).toEqual({
      status: ['waiting', 'failed'],
      trigger: ['api'],
      agent: 'Customer Support',
      minCostMicros: 20_000,
      text: 'refund order 7',
    });
  });

  it('ignores what a filter cannot be', () => {
    expect(parseRunQuery('status:odd cost:cheap agent:')).toEqual(parseRunQuery(''));
    expect(parseRunQuery('https://example.com').text).toBe('https://example.com');
  });

  it('reads any line', () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        expect(runFilter(parseRunQuery(line)).query.length).toBeLessThanOrEqual(200);
      }),
    );
  });
});

describe('suggestFor', () => {
  it('completes keys, then values', () => {
    expect(suggestFor('', []).map(({ label }) => label)).toEqual(['status:', 'agent:', 'cost:>', 'trigger:']);
    expect(suggestFor('refund st', [])).toEqual([
      { line: 'refund status:', label: 'status:', hint: 'failed, running, waiting …' },
    ]);
    expect(suggestFor('status:fa', []).map(({ line }) => line)).toEqual(['status:failed ']);
  });

  it('quotes names with spaces', () => {
    expect(suggestFor('agent:"cust', ['Customer Support', 'Other']).map(({ line }) => line)).toEqual([
      'agent:"Customer Support" ',
    ]);
  });
});
