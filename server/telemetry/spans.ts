import { createHash } from 'node:crypto';

/** A piece of work that is over, as OpenTelemetry wants to hear of it; `otlp.ts` makes it theirs. */
export interface EndedSpan {
  name: string;
  kind: 'server' | 'client' | 'internal';
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  startedAt: Date;
  endedAt: Date;
  /** What went wrong, from a closed set of words; undefined when nothing did. */
  error?: string;
  attributes: Record<string, string | number | boolean | string[] | undefined>;
  links?: SpanAddress[];
}

export interface SpanAddress {
  traceId: string;
  spanId: string;
}

// Next bundles routes, pages and the start script apart; they share one process and one exporter.
const shared = globalThis as typeof globalThis & { musterSpanSink?: (span: EndedSpan) => void };

/** True while spans are exported: whoever would have to work to describe one asks first. */
export const isTracing = (): boolean => shared.musterSpanSink !== undefined;

export const emitSpan = (span: EndedSpan): void => shared.musterSpanSink?.(span);

/** Sends spans to `sink` from now on; undefined to nobody. */
export function setSpanSink(sink: ((span: EndedSpan) => void) | undefined): void {
  shared.musterSpanSink = sink;
}

const spanId = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 16);

/**
 * The root of a run's trace. Made from the run's id alone, so that every process that works on a run, after a crash as
 * well, adds to the same trace and nothing has to be handed on.
 */
export const runAddress = (runId: string): SpanAddress => ({
  traceId: runId.replaceAll('-', ''),
  spanId: spanId(runId),
});

/** The span number `seq` of a run; each attempt of a step has a number of its own. */
export const stepAddress = (runId: string, seq: number): SpanAddress => ({
  traceId: runAddress(runId).traceId,
  spanId: spanId(`${runId}/${seq}`),
});
