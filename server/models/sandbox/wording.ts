/** Reads plain English the way the sandbox assistant can: by patterns, not by understanding. */

const SMALL =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen';
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety';
const NUMBER_WORDS = new Map<string, number>([
  ...SMALL.split(' ').map((word, value): [string, number] => [word, value]),
  ...TENS.split(' ').map((word, index): [string, number] => [word, (index + 2) * 10]),
]);
const SCALES = new Map([
  ['hundred', 100],
  ['thousand', 1_000],
  ['million', 1_000_000],
]);
const WORD = [...NUMBER_WORDS.keys(), ...SCALES.keys()].join('|');
const NUMBER_PHRASE = new RegExp(`\\b(?:${WORD})(?:(?:[\\s-]+(?:and\\s+)?)(?:${WORD}))*\\b`, 'gi');

/** `two hundred and five` becomes `205`. */
function numbersInDigits(text: string): string {
  return text.replace(NUMBER_PHRASE, (phrase) => {
    let total = 0;
    let group = 0;
    for (const word of phrase.toLowerCase().split(/[\s-]+/)) {
      const scale = SCALES.get(word);
      if (scale === 100) group = (group || 1) * 100;
      else if (scale) {
        total += (group || 1) * scale;
        group = 0;
      } else group += NUMBER_WORDS.get(word) ?? 0;
    }
    return String(total + group);
  });
}

const NUMBER = String.raw`[$€£]?\d(?:[\d,_]*\d)?(?:\.\d+)?%?`;
const LIST = String.raw`(${NUMBER}(?:\s*(?:,|and|,\s*and)\s+${NUMBER})+)`;
const listed = (list: string) => list.split(/\s*(?:,\s*and|,\s|\band\b)\s*/).map((item) => item.replaceAll(',', ''));

/** Ways to say arithmetic, and how to write them. In this order: later ones see what earlier ones wrote. */
const REWRITES: [RegExp, string | ((...match: string[]) => string)][] = [
  [/\b(?:per\s?cent|percent)\b/gi, '%'],
  [new RegExp(`\\b(?:sum|total) of ${LIST}`, 'gi'), (_, list = '') => `sum(${listed(list).join(', ')})`],
  [new RegExp(`\\b(?:average|mean) of ${LIST}`, 'gi'), (_, list = '') => `avg(${listed(list).join(', ')})`],
  [new RegExp(`\\bproduct of ${LIST}`, 'gi'), (_, list = '') => `(${listed(list).join(' * ')})`],
  [new RegExp(`\\bdifference between (${NUMBER}) and (${NUMBER})`, 'gi'), '$1 - $2'],
  [new RegExp(`\\badd (${NUMBER}) (?:to|and) (${NUMBER})`, 'gi'), '$1 + $2'],
  [new RegExp(`\\bsubtract (${NUMBER}) from (${NUMBER})`, 'gi'), '$2 - $1'],
  [new RegExp(`\\b(?:multiply|times) (${NUMBER}) by (${NUMBER})`, 'gi'), '$1 * $2'],
  [new RegExp(`\\b(?:divide|split) (${NUMBER}) (?:by|among|between) (${NUMBER})`, 'gi'), '$1 / $2'],
  [new RegExp(`(\\d[\\d.]*)\\s*% off (?:of )?(${NUMBER})`, 'gi'), '$2 - $1%'],
  [/\bsquare root of (?:the )?([$€£]?\d(?:[\d,]*\d)?(?:\.\d+)?)/gi, 'sqrt($1)'],
  [/\bcube root of ([$€£]?\d(?:[\d,]*\d)?(?:\.\d+)?)/gi, 'cbrt($1)'],
  [/\b(?:one )?half (?:of )?(?=[\d($])/gi, '0.5 * '],
  [/\b(?:a|one) third of (?=[\d($])/gi, '1/3 * '],
  [/\b(?:a|one) quarter of (?=[\d($])/gi, '0.25 * '],
  [/\b(?:double|twice) (?:of )?(?=[\d($])/gi, '2 * '],
  [/\btriple (?:of )?(?=[\d($])/gi, '3 * '],
  [/\bto the power of\b/gi, '^'],
  [/\bsquared\b/gi, '^ 2'],
  [/\bcubed\b/gi, '^ 3'],
  [/\bplus\b/gi, '+'],
  [/\bminus\b/gi, '-'],
  [/\b(?:times|multiplied by)\b/gi, '*'],
  [/\bx\b(?=\s*\d)/gi, '*'],
  [/\b(?:divided by|over)\b(?=\s*[\d(])/gi, '/'],
  [/\bmodulo\b/gi, 'mod'],
];

/** Arithmetic said in words, written in symbols; everything else stays. */
export function inSymbols(text: string): string {
  let written = numbersInDigits(text);
  for (const [pattern, replacement] of REWRITES) {
    written =
      typeof replacement === 'string' ? written.replace(pattern, replacement) : written.replace(pattern, replacement);
  }
  return written;
}

const OPERAND = String.raw`(?:[$€£]?\d(?:[\d,_]*\d)?(?:\.\d+)?|\b(?:pi|sqrt|cbrt|abs|round|floor|ceil|min|max|sum|avg|ln|log|exp|sin|cos|tan)\b)`;
const EXPRESSION = new RegExp(`(?:[-−(]\\s*)*${OPERAND}(?:\\s*(?:[-+*/^×÷−%(),]|\\b(?:of|mod)\\b|${OPERAND}))*`, 'gi');
const DATE = /\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b/g;

/** Everything in a text that reads as arithmetic. `works` says whether a candidate can be worked out. */
export function findExpressions(text: string, works: (expression: string) => boolean): string[] {
  const found: string[] = [];
  for (const [candidate] of inSymbols(text).replace(DATE, ' ; ').matchAll(EXPRESSION)) {
    let expression = candidate.replace(/[$€£]/g, '').replace(/−/g, '-').trim();
    // What follows in the sentence may have stuck to the end: a comma, "of", an open parenthesis.
    for (let cuts = 0; cuts < 6 && expression && !works(expression); cuts += 1) {
      const end = /,$/.test(expression) ? /,+$/ : /\s*(?:[a-z]+|[\d.,_]+|.)$/i;
      expression = expression.replace(end, '').trim();
    }
    if (expression && /[-+*/^%(]|\bof\b|\bmod\b/.test(expression.replace(/^[-(\s]+/, ''))) found.push(expression);
  }
  return [...new Set(found)];
}
