import type { Span } from '@/lib/contracts/runs';
import { asAttempt } from '@/lib/run-state';

/** Which part of the time a piece of a bar stands for. */
export type PieceKind = 'queue' | 'ours' | 'provider' | 'person' | 'whole';

export interface Piece {
  kind: PieceKind;
  /** Milliseconds after the run was asked for. */
  from: number;
  ms: number;
}

export interface Row {
  span: Span;
  depth: number;
  pieces: Piece[];
}

/** The spans as a tree, parents before their children, each with its bar. */
export function layoutSpans(spans: Span[], origin: number, now: number): Row[] {
  const known = new Set(spans.map(({ seq }) => seq));
  const parentOf = ({ parentSeq }: Span) => (parentSeq !== null && known.has(parentSeq) ? parentSeq : null);
  const children = Map.groupBy(spans, parentOf);
  const attempts = Map.groupBy(spans, ({ stepKey }) => stepKey);
  const rows: Row[] = [];
  const walk = (parent: number | null, depth: number): void => {
    for (const span of children.get(parent) ?? []) {
      rows.push({ span, depth, pieces: piecesOf(asAttempt(span, attempts.get(span.stepKey) ?? []), origin, now) });
      walk(span.seq, depth + 1);
    }
  };
  walk(null, 0);
  return rows;
}

/** A span's time, taken apart: in the queue, ours, the provider's, a person's. */
export function piecesOf(span: Span, origin: number, now: number): Piece[] {
  const queued = span.queuedAt.getTime() - origin;
  const started = span.startedAt.getTime() - origin;
  const ms = Math.max(0, (span.endedAt?.getTime() ?? now) - origin - started);
  const queue: Piece = { kind: 'queue', from: queued, ms: Math.max(0, started - queued) };
  if (span.kind === 'human') return withTime([queue, { kind: 'person', from: started, ms }]);
  // Until it is over nobody knows how much of it was the provider's: most of it is.
  const provider = Math.min(ms, span.providerMs ?? (span.endedAt ? 0 : ms));
  return withTime([
    queue,
    { kind: 'ours', from: started, ms: ms - provider },
    { kind: 'provider', from: started + ms - provider, ms: provider },
  ]);
}

const withTime = (pieces: Piece[]): Piece[] => pieces.filter(({ ms }) => ms > 0);

/** How much of all time went where. */
export function totals(rows: Row[]): Record<PieceKind, number> {
  const sum: Record<PieceKind, number> = { queue: 0, ours: 0, provider: 0, person: 0, whole: 0 };
  for (const piece of rows.flatMap(({ pieces }) => pieces)) sum[piece.kind] += piece.ms;
  return sum;
}
