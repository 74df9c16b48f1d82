import { readFileSync, writeFileSync } from 'node:fs';
import { keyOf } from './parts/runs';
import type { Cell, Results } from './results';
import type { Database, Latency, Mode, Task } from './systems';

const DATABASES = ['embedded', 'postgres'] as const;

/** A figure to reach: what it is of a database, and by what it is judged. */
interface Figure {
  what: string;
  bare?: (results: Results) => string;
  /** What others were measured at on such a machine with such a model: Mastra, Flowise, n8n. */
  others?: [string, string, string];
  /** The figure, and how it is shown; undefined where it was not measured. */
  value(results: Results, database: Database): { value: number; shown: string } | undefined;
  target: Record<Database, number>;
  unit: string;
  /** More is better. */
  rising?: boolean;
}

type Key = [latency: Latency, task: Task, mode: Mode, concurrency: number];

const cellOf = (results: Results, database: Database, [latency, task, mode, concurrency]: Key): Cell | undefined =>
  results.cells[keyOf(database, { latency, task, mode, concurrency })];
const anyCell = (results: Results, key: Key): Cell | undefined =>
  cellOf(results, 'postgres', key) ?? cellOf(results, 'embedded', key);
/** JSON has null where nothing could be measured. */
const exact = (value: number | null): string =>
  value === null || Number.isNaN(value) ? 'failed' : value.toFixed(value >= 100 ? 0 : 1);

/** A figure of one cell. */
const ofCell =
  (key: Key, read: (cell: Cell) => number, show: (value: number, cell: Cell) => string): Figure['value'] =>
  (results, database) => {
    const cell = cellOf(results, database, key);
    if (!cell) return undefined;
    const value = cell.muster.failures > 0 ? Number.NaN : read(cell);
    const failed = cell.muster.failures > 0 ? ` (${cell.muster.failures} failed)` : '';
    return { value, shown: show(read(cell), cell) + failed };
  };
const ofBare =
  (key: Key, show: (cell: Cell) => string): Figure['bare'] =>
  (results) => {
    const cell = anyCell(results, key);
    return cell ? show(cell) : '';
  };
const single =
  (name: string, scale = 1): Figure['value'] =>
  (results, database) => {
    const value = results.figures[`${database}/${name}`];
    return value === undefined || value === null ? undefined : { value: value * scale, shown: exact(value * scale) };
  };

const p50 = (what: string, key: Key, others: [string, string, string], embedded: number, postgres: number): Figure => ({
  what,
  others,
  bare: ofBare(key, ({ bare }) => `${exact(bare.p50)} ms`),
  value: ofCell(key, ({ muster }) => muster.p50, exact),
  target: { embedded, postgres },
  unit: 'ms',
});
const perSecond = (
  what: string,
  key: Key,
  others: [string, string, string],
  embedded: number,
  postgres: number,
): Figure => ({
  what,
  others,
  bare: ofBare(key, ({ bare }) => exact(bare.perSecond)),
  value: ofCell(
    key,
    ({ muster }) => muster.perSecond,
    (value, { bare }) => `${exact(value)} (1/${exact(bare.perSecond / value)})`,
  ),
  target: { embedded, postgres },
  unit: '',
  rising: true,
});
const p95Ratio = (
  what: string,
  key: Key,
  others: [string, string, string],
  embedded: number,
  postgres: number,
): Figure => ({
  what,
  others,
  bare: ofBare(key, ({ bare }) => `${exact(bare.p95)} ms`),
  value: ofCell(
    key,
    ({ bare, muster }) => muster.p95 / bare.p95,
    (value, { muster }) => `${value.toFixed(2)}× (${exact(muster.p95)} ms)`,
  ),
  target: { embedded, postgres },
  unit: '×',
});

/** What is decided in process: no database has a part in it. */
const decided: Figure['value'] = ({ figures }) => {
  const [value, base] = [figures['decisions/decided/p95'], figures['decisions/base/p95']];
  return value === undefined || base === undefined
    ? undefined
    : { value, shown: `${value.toFixed(2)} (${(value / base).toFixed(1)}×)` };
};

/** The worst of the figures under a name. */
const worst =
  (prefix: string): Figure['value'] =>
  (results, database) => {
    const of = `${database}/${prefix}`;
    const [first] = Object.entries(results.figures)
      .filter(([name]) => name.startsWith(of))
      .sort(([, a], [, b]) => (b ?? Number.POSITIVE_INFINITY) - (a ?? Number.POSITIVE_INFINITY));
    if (!first) return undefined;
    return { value: first[1] ?? Number.NaN, shown: `${exact(first[1] ?? Number.NaN)} (${first[0].slice(of.length)})` };
  };

const FIGURES: Figure[] = [
  p50('one run at a time, waiting, p50', ['none', 'plain', 'wait', 1], ['23 ms', '32 ms', '56 ms'], 15, 12),
  p50('… with one tool call', ['none', 'tool', 'wait', 1], ['24 ms', '37 ms', '61 ms'], 22, 18),
  {
    what: 'first token added when streaming, p50',
    others: ['7 ms', '18 ms', '34 ms'],
    bare: () => '0',
    value: ofCell(
      ['none', 'plain', 'stream', 1],
      ({ bare, muster }) => (muster.first?.p50 ?? Number.NaN) - (bare.first?.p50 ?? Number.NaN),
      exact,
    ),
    target: { embedded: 10, postgres: 10 },
    unit: 'ms',
  },
  perSecond('runs/s at concurrency 32', ['none', 'plain', 'wait', 32], ['88 (151)', '37', '20'], 160, 250),
  perSecond('… with one tool call', ['none', 'tool', 'wait', 32], ['60 (109)', '35', '22'], 110, 170),
  p95Ratio(
    '200 at once, slow model, p95 over bare',
    ['slow', 'plain', 'wait', 200],
    ['2.4×', '4.9×', '6.5×'],
    1.6,
    1.4,
  ),
  p95Ratio('1,000 at once, the same', ['slow', 'plain', 'wait', 1_000], ['–', '–', '–'], 2.5, 2),
  {
    what: 'start to first answer',
    others: ['1.1 s', '5.4 s', '10 s'],
    bare: ({ figures }) => (figures['bare/startMs'] ? `${exact(figures['bare/startMs'] / 1_000)} s` : ''),
    value: single('startMs', 1 / 1_000),
    target: { embedded: 3, postgres: 2 },
    unit: 's',
  },
  {
    what: 'memory idle, all processes but Postgres',
    others: ['204 MB', '695 MB', '961 MB'],
    bare: ({ figures }) => (figures['bare/idleMb'] ? `${figures['bare/idleMb']} MB` : ''),
    value: single('idleMb'),
    target: { embedded: 600, postgres: 300 },
    unit: 'MB',
  },
  {
    what: 'time per run (1/throughput), many runs stored over few',
    value: ({ figures }, database) => {
      const few = figures[`${database}/few/perSecond`];
      const many = figures[`${database}/many/perSecond`];
      const stored = figures[`${database}/storedRuns`];
      return few && many
        ? { value: few / many, shown: `${(few / many).toFixed(2)}× (${stored?.toLocaleString('en')} stored)` }
        : undefined;
    },
    target: { embedded: 1.1, postgres: 1.1 },
    unit: '×',
  },
  {
    what: '… one at a time, p50',
    value: ({ figures }, database) => {
      const few = figures[`${database}/few/p50`];
      const many = figures[`${database}/many/p50`];
      return few && many
        ? { value: many / few, shown: `${(many / few).toFixed(2)}× (${exact(few)} → ${exact(many)} ms)` }
        : undefined;
    },
    target: { embedded: 1.1, postgres: 1.1 },
    unit: '×',
  },
  {
    what: 'run list with many runs, p95 of the slowest view',
    value: worst('list/'),
    target: { embedded: 200, postgres: 200 },
    unit: 'ms',
  },
  {
    what: 'a run of 2,000 spans opens, p95',
    value: worst('long/'),
    target: { embedded: 500, postgres: 500 },
    unit: 'ms',
  },
  {
    what: 'model, guardrails and taint decided, p95',
    bare: ({ figures }) => {
      const base = figures['decisions/base/p95'];
      return base === undefined ? '' : `${base.toFixed(2)} ms`;
    },
    value: decided,
    target: { embedded: 1, postgres: 1 },
    unit: 'ms',
  },
];

const table = (head: string[], rows: string[][]): string => {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => (row[i] ?? '').length)));
  const line = (row: string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
};

const judged = (figure: Figure, results: Results, database: Database): string => {
  const measured = figure.value(results, database);
  if (!measured) return '';
  const target = figure.target[database];
  const reached = figure.rising ? measured.value >= target : measured.value <= target;
  return `${measured.shown} ${reached ? '✓' : '✗'} ${figure.rising ? '≥' : '≤'} ${target} ${figure.unit}`.trim();
};

const figuresTable = (results: Results): string =>
  table(
    ['What', 'Bare', 'Mastra', 'Flowise', 'n8n', 'Muster, embedded', 'Muster, real Postgres'],
    FIGURES.map((figure) => [
      figure.what,
      figure.bare?.(results) ?? '–',
      ...(figure.others ?? ['–', '–', '–']),
      ...DATABASES.map((database) => judged(figure, results, database)),
    ]),
  );

const cellsTable = ({ cells }: Results): string =>
  table(
    [
      'database / model / task / mode / at once',
      'bare p50',
      'p50',
      'p95',
      'first token (bare)',
      'runs/s (bare)',
      'failed',
    ],
    Object.entries(cells)
      .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
      .map(([key, { bare, muster }]) => [
        key.replaceAll('/', ' / '),
        exact(bare.p50),
        exact(muster.p50),
        exact(muster.p95),
        muster.first ? `${exact(muster.first.p50)} (${exact(bare.first?.p50 ?? Number.NaN)})` : '',
        `${exact(muster.perSecond)} (${exact(bare.perSecond)})`,
        muster.failures > 0 ? String(muster.failures) : '',
      ]),
  );

const singlesTable = ({ figures }: Results): string =>
  table(
    ['Single figures', ''],
    Object.entries(figures)
      .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
      .map(([name, value]) => [name, value === null ? 'failed' : String(value)]),
  );

const statementsText = ({ statements }: Results): string =>
  Object.entries(statements)
    .filter(([name]) => name.endsWith('/1'))
    .map(([name, rows]) =>
      table(
        ['a run', name.replaceAll('/', ' / ')],
        rows.map(({ sql, perRun }) => [perRun.toFixed(2), sql.slice(0, 120).replaceAll('|', '\\|')]),
      ),
    )
    .join('\n\n');

/** Everything measured so far, for a terminal. */
export function report(results: Results): string {
  const { machine, parts } = results;
  const measured = Object.entries(parts)
    .map(([name, { at, commit, load }]) => `  ${name}: ${at.slice(0, 16)}, ${commit}, load ${load} before the end`)
    .join('\n');
  const { cpu, cores, memoryGb, node } = machine;
  return [
    `\n${cores} × ${cpu}, ${memoryGb} GB, Node ${node}. Milliseconds where nothing else is said.\n${measured}`,
    figuresTable(results),
    cellsTable(results),
    singlesTable(results),
    statementsText(results),
  ].join('\n\n');
}

const DOCUMENT = 'docs/performance.md';

/** Puts the tables into docs/performance.md, between its marks. */
export function writeDocument(results: Results): void {
  const text = readFileSync(DOCUMENT, 'utf8');
  const { cpu, cores, memoryGb, node } = results.machine;
  const on = `${cores} × ${cpu}, ${memoryGb} GB, Node ${node}`;
  const fill = (document: string, mark: string, content: string) =>
    document.replace(
      new RegExp(`(<!-- ${mark} -->\n)[\\s\\S]*?(<!-- /${mark} -->)`),
      (_, begin: string, end: string) => `${begin}\n${content}\n\n${end}`,
    );
  const filled = fill(fill(text, 'figures', `${on}.\n\n${figuresTable(results)}`), 'cells', cellsTable(results));
  writeFileSync(DOCUMENT, fill(filled, 'statements', statementsText(results)));
}
