import { describe, expect, it } from 'vitest';
import type { Span } from '@/lib/contracts/runs';
import { layoutSpans, piecesOf, totals } from './layout';

const ORIGIN = 1_750_000_000_000;
const at = (ms: number) => new Date(ORIGIN + ms);

const span = (patch: Partial<Span>): Span => ({
  seq: 1,
  parentSeq: null,
  kind: 'model',
  name: 'sandbox/assistant',
  status: 'completed',
  attempt: 0,
  stepKey: 'model-0',
  takenOver: null,
  revision: 1,
  queuedAt: at(0),
  startedAt: at(100),
  firstTokenAt: null,
  endedAt: at(500),
  providerMs: 300,
  inputTokens: null,
  cachedTokens: null,
  outputTokens: null,
  costMicros: null,
  finishReason: null,
  errorCode: null,
  errorMessage: null,
  ...patch,
});

describe('piecesOf', () => {
  it('takes queue, our time and the provider apart', () => {
    expect(piecesOf(span({}), ORIGIN, ORIGIN)).toEqual([
      { kind: 'queue', from: 0, ms: 100 },
      { kind: 'ours', from: 100, ms: 100 },
      { kind: 'provider', from: 200, ms: 300 },
    ]);
  });

  it('gives what is under way to the provider until now', () => {
    const running = span({ endedAt: null, providerMs: null, status: 'running' });
    expect(piecesOf(running, ORIGIN, ORIGIN + 900).at(-1)).toEqual({ kind: 'provider', from: 100, ms: 800 });
  });

  it('shows a wait for a person as such', () => {
    const waiting = span({ kind: 'human', endedAt: null, status: 'waiting', queuedAt: at(100) });
    expect(piecesOf(waiting, ORIGIN, ORIGIN + 900)).toEqual([{ kind: 'person', from: 100, ms: 800 }]);
  });
});

describe('layoutSpans', () => {
  it('lets an attempt wait since the one before it failed', () => {
    const first = span({ seq: 1, status: 'failed', endedAt: at(200), providerMs: 100 });
    const second = span({ seq: 2, attempt: 1, startedAt: at(1_200), endedAt: at(1_300), providerMs: 100 });
    expect(layoutSpans([first, second], ORIGIN, ORIGIN).map(({ pieces }) => pieces[0])).toEqual([
      { kind: 'queue', from: 0, ms: 100 },
      { kind: 'queue', from: 200, ms: 1_000 },
    ]);
  });

  it('puts children after their parents, and strays at the top', () => {
    const rows = layoutSpans(
      [span({ seq: 1 }), span({ seq: 5 }), span({ seq: 3, parentSeq: 1 }), span({ seq: 7, parentSeq: 99 })],
      ORIGIN,
      ORIGIN,
    );
    expect(rows.map((row) => [row.span.seq, row.depth])).toEqual([
      [1, 0],
      [3, 1],
      [5, 0],
      [7, 0],
    ]);
    expect(totals(rows)).toEqual({ queue: 400, ours: 400, provider: 1_200, person: 0, whole: 0 });
  });
});
