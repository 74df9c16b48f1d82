import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newId } from '@/db/columns';
import { AgentDocument } from '@/lib/contracts/agent-documents';
import { blankSpec } from '@/lib/contracts/agents';
import { isStorableText } from '@/lib/contracts/text';
import { readAgents, toYaml } from './documents';

const asker = { orgId: newId(), signal: new AbortController().signal };
const readYaml = (text: string) => readAgents(text, asker);

/** Text of every kind: words that YAML reads as something else, breaks of lines, what is not printed. */
const anyText = (maxLength: number) =>
  fc
    .oneof(
      fc.string({ unit: 'binary', maxLength }),
      fc.string({
        unit: fc.constantFrom(
          '\n',
          '\r',
          '\t',
          ' ',
          '#',
          ':',
          '-',
          '|',
          '>',
          '"',
          "'",
          '\\',
          '\u0085',
          '\u2028',
          '\ufeff',
          '\u007f',
          'é',
          '{',
          '%',
          '&',
          '*',
          '!',
        ),
        maxLength,
      }),
      fc.constantFrom(
        'yes',
        'no',
        'null',
        '~',
        '1e3',
        '0x1f',
        '012',
        '---',
        '...',
        '2024-01-01',
        '<<',
        '{{> a}}',
        '',
        ' ',
        '\n',
        'true',
      ),
    )
    .filter(isStorableText)
    .map((text) => text.slice(0, maxLength).toWellFormed());
const anyName = anyText(40).filter((text) => /\S/.test(text) && !/[\r\n\t]/.test(text));

const anyDocument = fc
  .record({
    name: anyName,
    description: anyText(200),
    tags: fc.array(anyName, { maxLength: 4 }),
    instructions: anyText(400),
    starterPrompts: fc.array(anyText(80), { maxLength: 3 }),
    settings: fc.dictionary(anyName, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 3 }),
    temperature: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    maxSteps: fc.integer({ min: 1, max: 200 }),
    fallback: fc.boolean(),
    partials: fc.option(fc.dictionary(fc.stringMatching(/^[a-z]{1,12}$/), anyText(200), { maxKeys: 3 }), {
      nil: undefined,
    }),
  })
  .map(({ name, description, tags, settings, temperature, maxSteps, fallback, partials, ...texts }) =>
    AgentDocument.safeParse({
      apiVersion: 'muster/v1',
      kind: 'Agent',
      metadata: { name, description, tags },
      spec: {
        ...blankSpec(),
        ...texts,
        tools: [{ name: 'calculator', settings }],
        parameters: temperature === undefined ? {} : { temperature },
        limits: { maxSteps },
        ...(partials && { partials }),
        ...(fallback && { model: { policy: 'fixed', models: ['sandbox/assistant'], fallback: ['openai/gpt-5'] } }),
      },
    }),
  )
  .filter(({ success }) => success)
  .map(({ data }) => data as AgentDocument);

test('whatever an agent is, its file is read back as the same, and written again as the same text', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyDocument, { minLength: 1, maxLength: 20 }), async (agents) => {
      const text = toYaml(agents);
      const read = await readYaml(text);
      expect(read.flatMap(({ problems }) => problems)).toEqual([]);
      expect(read.map(({ agent }) => agent)).toEqual(agents);
      expect(toYaml(read.flatMap(({ agent }) => agent ?? []))).toBe(text);
    }),
    { numRuns: 20 },
  );
});

const FILE = `apiVersion: muster/v1
kind: Agent
metadata:
  name: Support
spec:
  schemaVersion: 1
  model: sandbox/assistant
  limits:
    maxSteps: 900
  tools:
    - name: Calculator
  instrutions: Hello
`;
const problemsOf = async (text: string) => (await readYaml(text)).flatMap(({ problems }) => problems);

test('what is wrong is told by line and field', async () => {
  expect(await problemsOf(FILE)).toEqual([
    { line: 11, field: 'spec.tools.0.name', message: expect.stringContaining('lower case') },
    { line: 9, field: 'spec.limits.maxSteps', message: expect.stringContaining('200') },
  ]);
  const misspelt = FILE.replace('900', '9').replace('Calculator', 'calculator');
  expect(await problemsOf(misspelt)).toEqual([
    { line: 12, field: 'spec.instrutions', message: expect.stringContaining('no such field') },
  ]);
  expect((await problemsOf(misspelt.replace('kind: Agent\n', '')))[0]).toMatchObject({ field: 'kind', line: 1 });
  expect((await problemsOf('a: [1\nb: }'))[0]).toMatchObject({ line: 2 });
});

test('a hostile file is refused, and takes no time', async () => {
  const levels = 'a: &a [x,x,x,x,x,x,x,x,x]\n'.concat(
    [...'bcdefghi']
      .map((key, index) => `${key}: &${key} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`)
      .join('\n'),
  );
  expect(await problemsOf(levels)).not.toEqual([]);
  const wide = `a: &a [${'1,'.repeat(60_000)}1]\nb: [${'*a,'.repeat(90)}1]`;
  expect(await problemsOf(wide)).toEqual([{ line: 1, field: '', message: 'It holds more than 500000 values.' }]);
  for (const deep of ['['.repeat(100_000), `${'['.repeat(20_000)}${']'.repeat(20_000)}`]) {
    expect(await problemsOf(deep).catch((error) => [error.message])).not.toEqual([]);
  }
  await expect(readYaml('# nothing\n')).rejects.toThrow(/no agent/);
  expect(await problemsOf('__proto__: { kind: Agent }')).not.toEqual([]);
  expect(({} as { kind?: string }).kind).toBeUndefined();
});

test('a key that is there twice is told by its line, and many keys do not hold the server up', async () => {
  expect(await problemsOf('kind: Agent\nmetadata:\n  name: One\n  name: Two\n')).toEqual([
    { line: 4, field: '', message: 'name is there twice. Take one out.' },
  ]);
  const many = Array.from({ length: 40_000 }, (_, at) => `k${at}: v`).join('\n');
  // Compared each with each, they take a minute, and the test longer than it may.
  expect(await problemsOf(many)).not.toEqual([]);
});

test.each([
  ['many values', `[${'1,'.repeat(499_000)}1]`],
  ['many mistakes', '- ]\n'.repeat(250_000)],
  ['many escapes', `"${'\\x'.repeat(400_000)}"`],
])('a file with %s is read beside the server, which goes on', async (_, text) => {
  let goesOn = 0;
  const timer = setInterval(() => {
    goesOn += 1;
  }, 5);
  await problemsOf(text).catch(() => {});
  clearInterval(timer);
  expect(goesOn).toBeGreaterThan(20);
});
