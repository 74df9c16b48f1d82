import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RoutingPolicy } from '@/lib/contracts/routing';
import { findPrice } from '@/lib/prices';
import { complexityOf } from './complexity';
import { type Candidate, type ExpectedCall, rankModels } from './rank';

const CALL: ExpectedCall = { inputTokens: 1_000, outputTokens: 500, complexity: () => ({ points: 0, parts: '' }) };
const price = (model: string) => findPrice(model) ?? null;
const candidates: Candidate[] = [
  { model: 'big', price: price('openai/gpt-6-astra'), quality: 97, speed: { firstTokenMs: 900, tokensPerSecond: 40 } },
  {
    model: 'small',
    price: price('openai/gpt-5-nano'),
    quality: 43,
    speed: { firstTokenMs: 200, tokensPerSecond: 200 },
  },
  { model: 'middle', price: price('openai/gpt-5'), quality: 73, speed: { firstTokenMs: 300, tokensPerSecond: 100 } },
];
const order = (policy: RoutingPolicy, of = candidates, call = CALL) =>
  rankModels({ policy }, of, call).map(({ model }) => model);

describe('the order of models', () => {
  test.each<[RoutingPolicy, string[]]>([
    ['fixed', ['big', 'small', 'middle']],
    ['cheapest', ['small', 'middle', 'big']],
    ['fastest', ['small', 'middle', 'big']],
    ['best', ['big', 'middle', 'small']],
    ['balanced', ['small', 'middle', 'big']],
  ])('%s', (policy, expected) => expect(order(policy)).toEqual(expected));

  test('cheapest looks at the call: what is read costs more than what is written, or the other way round', () => {
    const rates = (input: number, output: number) => ({ input, cachedInput: input, output, readOn: '2026-01-01' });
    const pair: Candidate[] = [
      { model: 'reads dear', price: rates(9_000_000, 1_000_000), quality: 50, speed: undefined },
      { model: 'writes dear', price: rates(1_000_000, 9_000_000), quality: 50, speed: undefined },
    ];
    expect(order('cheapest', pair, { ...CALL, inputTokens: 10_000, outputTokens: 10 })[0]).toBe('writes dear');
    expect(order('cheapest', pair, { ...CALL, inputTokens: 10, outputTokens: 10_000 })[0]).toBe('reads dear');
  });

  test('what has no price is the last of the cheapest, what was not measured the first of the fastest', () => {
    const unknown = { model: 'new', price: null, quality: 50, speed: undefined };
    expect(order('cheapest', [unknown, ...candidates]).at(-1)).toBe('new');
    expect(order('fastest', [...candidates, unknown])[0]).toBe('new');
  });

  test('by complexity the simplest that will do is asked, then those above it, then those below', () => {
    const hard = (points: number) => ({ ...CALL, complexity: () => ({ points, parts: '' }) });
    expect(order('by_complexity', candidates, hard(0))).toEqual(['big', 'small', 'middle']);
    expect(order('by_complexity', candidates, hard(50))).toEqual(['small', 'middle', 'big']);
    expect(order('by_complexity', candidates, hard(100))).toEqual(['middle', 'small', 'big']);
  });

  test('loses and invents nobody, whatever is known', () => {
    const known = fc.record({
      price: fc.constantFrom(null, price('openai/gpt-5'), price('anthropic/claude-opus-5')),
      quality: fc.integer({ min: 0, max: 100 }),
      speed: fc.option(
        fc.record({
          firstTokenMs: fc.integer({ min: 0, max: 60_000 }),
          tokensPerSecond: fc.integer({ min: 0, max: 900 }),
        }),
        { nil: undefined },
      ),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...RoutingPolicy.options),
        fc.array(known, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 100 }),
        (policy, all, points) => {
          const named = all.map((one, index) => ({ ...one, model: `m${index}` }));
          const ranked = order(policy, named, { ...CALL, complexity: () => ({ points, parts: '' }) });
          expect(ranked.toSorted()).toEqual(named.map(({ model }) => model).toSorted());
        },
      ),
    );
  });
});

describe('complexity', () => {
  const of = (content: string, tools = 0) =>
    complexityOf({
      messages: [{ role: 'user', content }],
      tools: Array.from({ length: tools }, (_, i) => ({ name: `t${i}`, description: '', inputSchema: {} })),
    }).points;

  test('a greeting is simple, work with code and questions is not', () => {
    expect(of('Hello!')).toBe(0);
    const hard = `Compare these two, analyze the trade-offs and refactor. Why is it slow? What breaks? Which is best?
\`\`\`ts\nfunction work(a) { return a; }\n\`\`\``;
    expect(of(hard)).toBeGreaterThan(50);
    expect(of(hard, 5)).toBeGreaterThan(of(hard));
  });

  test('stays between 0 and 100, and a long text never looks simpler than its beginning', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2_000 }), fc.integer({ min: 0, max: 50 }), (text, tools) => {
        const points = of(text, tools);
        expect(points).toBeGreaterThanOrEqual(0);
        expect(points).toBeLessThanOrEqual(100);
        expect(of(`${text} plan`, tools)).toBeGreaterThanOrEqual(points);
      }),
    );
  });
});
