import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expandPartials, explainProblem, includedNames, MAX_EXPANDED_LENGTH } from './partials';

const NAMES = ['a', 'b', 'c', 'constructor', '__proto__', ''];
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...NAMES).map((name) => `{{> ${name}}}`),
      fc.constantFrom('{{', '}}', '{{>', '{', '>', '{{name}}', '\n', '\u0000'),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
const anyTexts = fc
  .array(fc.tuple(fc.constantFrom(...NAMES), anyText))
  .map((entries): Record<string, string> => Object.fromEntries(entries));

test('whatever includes whatever: it ends, within its size, and says where it cannot', () => {
  fc.assert(
    fc.property(anyText, anyTexts, (text, texts) => {
      const expanded = expandPartials(text, texts);
      if (!('reason' in expanded)) {
        expect(expanded.text.length).toBeLessThanOrEqual(MAX_EXPANDED_LENGTH);
        return;
      }
      const { reason, path } = expanded;
      expect(path.length).toBeLessThanOrEqual(6);
      expect(includedNames(text)).toContain(path[0]);
      for (const [index, name] of path.slice(1).entries()) {
        expect(includedNames(texts[path[index] ?? ''] ?? '')).toContain(name);
      }
      if (reason === 'unknown') expect(Object.hasOwn(texts, path.at(-1) ?? '')).toBe(false);
      if (reason === 'cycle') expect(path.indexOf(path.at(-1) ?? '')).toBeLessThan(path.length - 1);
      expect(explainProblem(expanded, 'the instructions')).toMatch(/\.$/);
    }),
    { numRuns: 2_000 },
  );
});

test('what comes out is what one gets by putting texts in by hand, innermost first', () => {
  const plain = fc.string({ maxLength: 20 }).filter((text) => !/[{}]/.test(text));
  fc.assert(
    fc.property(plain, plain, plain, (before, inner, after) => {
      const texts = { outer: `${before}{{>inner}}${after}{{ > inner}}`, inner };
      const once = `${before}${inner}${after}{{ > inner}}`;
      expect(expandPartials('{{> outer}}|{{>  outer }}', texts)).toMatchObject({ text: `${once}|${once}` });
    }),
  );
});

test('a text that includes nothing stays as it is', () => {
  fc.assert(
    fc.property(fc.string(), anyTexts, (text, texts) => {
      fc.pre(includedNames(text).length === 0);
      expect(expandPartials(text, texts)).toMatchObject({ text });
    }),
  );
});

test('depth and size are bounded, and neither takes time', () => {
  const chain = (length: number) =>
    Object.fromEntries(
      Array.from({ length }, (_, level) => [`p${level}`, level + 1 < length ? `{{> p${level + 1}}}` : 'end']),
    );
  expect(expandPartials('{{> p0}}', chain(5))).toMatchObject({ text: 'end' });
  expect(expandPartials('{{> p0}}', chain(6))).toEqual({ reason: 'deep', path: ['p0', 'p1', 'p2', 'p3', 'p4', 'p5'] });
  // A part that was not too deep where it came first.
  expect(expandPartials('{{> p2}}{{> p0}}', chain(6))).toMatchObject({ reason: 'deep' });
  const wide = (name: string) => `{{> ${name}}}`.repeat(2_000);
  const bomb = { a: wide('b'), b: wide('c'), c: wide('d'), d: wide('e'), e: 'x' };
  expect(expandPartials(wide('a'), bomb)).toMatchObject({ reason: 'long' });
  expect(expandPartials(wide('a'), { ...bomb, e: '' })).toMatchObject({ text: '' });
  const open = '{{>'.repeat(60_000);
  expect(expandPartials(open, {})).toMatchObject({ text: open });
});

test('what is wrong is said with the partial and what to do', () => {
  const explain = (text: string, texts: Record<string, string>) => {
    const expanded = expandPartials(text, texts);
    return 'reason' in expanded ? explainProblem(expanded, 'the instructions') : '';
  };
  expect(explain('{{> tone of voice}}', {})).toBe(
    'There is no partial “tone of voice”. Make it under Agents, Partials, or take {{> tone of voice}} out of the instructions.',
  );
  expect(explain('{{> a}}', { a: '{{> b}}' })).toContain('take {{> b}} out of a.');
  expect(explain('{{> a}}', { a: '{{> b}}', b: '{{> a}}' })).toBe(
    'The partial a would include itself: a › b › a. Take {{> a}} out of b.',
  );
});
