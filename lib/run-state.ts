import type { Approval } from './contracts/approvals';
import type { Run, RunEvent, RunSummary, Span } from './contracts/runs';

/** Text of one model answer as far as it is known, and pieces that came before what belongs in front of them. */
interface Streamed {
  text: string;
  ahead: { offset: number; delta: string }[];
}

/** What a watcher knows of a run. */
export interface RunView {
  run: RunSummary;
  /** The final answer; null until there is one. */
  output: string | null;
  /** In the order they began. */
  spans: Span[];
  approvals: Approval[];
  streamed: Record<number, Streamed>;
  ended: boolean;
}

const isOver = ({ status }: RunSummary): boolean =>
  status === 'completed' || status === 'failed' || status === 'cancelled';

/** The view of a run that was only just started, or of one read whole. */
export const viewOfRun = (run: RunSummary | Run): RunView => ({
  run,
  output: 'output' in run ? run.output : null,
  spans: 'spans' in run ? run.spans : [],
  approvals: 'approvals' in run ? run.approvals : [],
  streamed: {},
  ended: isOver(run),
});

/**
 * Applies one event. Events are state, not history, so the order does not matter and a repetition changes nothing: an
 * older revision of a run or span is dropped, text is laid down at its offset.
 */
export function applyRunEvent(view: RunView, event: RunEvent): RunView {
  switch (event.type) {
    case 'run': {
      if (event.run.revision < view.run.revision) return view;
      return { ...view, run: event.run, output: event.output ?? view.output, ended: view.ended || isOver(event.run) };
    }
    case 'span':
      return { ...view, spans: putSpan(view.spans, event.span) };
    case 'approval':
      return { ...view, approvals: putApproval(view.approvals, event.approval) };
    case 'text': {
      const before = view.streamed[event.seq] ?? { text: '', ahead: [] };
      const after = layDown(before, event);
      return after === before ? view : { ...view, streamed: { ...view.streamed, [event.seq]: after } };
    }
    case 'end':
      return view.ended ? view : { ...view, ended: true };
  }
}

function putSpan(spans: Span[], span: Span): Span[] {
  const at = spans.findIndex((known) => known.seq >= span.seq);
  if (at === -1) return [...spans, span];
  const known = spans[at];
  if (known?.seq !== span.seq) return spans.toSpliced(at, 0, span);
  return span.revision < known.revision ? spans : spans.with(at, span);
}

/** What is decided never becomes open again. */
function putApproval(approvals: Approval[], approval: Approval): Approval[] {
  const at = approvals.findIndex(({ id }) => id === approval.id);
  if (at === -1) {
    return [...approvals, approval].sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  }
  return approvals[at]?.status !== 'open' && approval.status === 'open' ? approvals : approvals.with(at, approval);
}

function layDown(known: Streamed, piece: { offset: number; delta: string }): Streamed {
  if (piece.offset > known.text.length) return { ...known, ahead: [...known.ahead, piece] };
  if (piece.offset + piece.delta.length <= known.text.length) return known;
  let text = known.text.slice(0, piece.offset) + piece.delta;
  const ahead: Streamed['ahead'] = [];
  for (const next of known.ahead.toSorted((a, b) => a.offset - b.offset)) {
    if (next.offset > text.length) ahead.push(next);
    else if (next.offset + next.delta.length > text.length) text = text.slice(0, next.offset) + next.delta;
  }
  return { text, ahead };
}

/** What a model said in span `seq`, as far as it was watched. */
export const textOfSpan = (view: RunView, seq: number): string => view.streamed[seq]?.text ?? '';

/** The answer to show: the final one, or what the last model call has said so far. */
export function answerOf(view: RunView): string {
  if (view.output !== null) return view.output;
  const last = view.spans.findLast((span) => span.kind === 'model');
  return last ? textOfSpan(view, last.seq) : '';
}

/** The span as it is to be timed: an attempt waits since the one before it failed, not since its step was due. */
export function asAttempt(span: Span, spans: Span[]): Span {
  const before = spans.findLast(({ stepKey, attempt }) => stepKey === span.stepKey && attempt < span.attempt);
  return before?.endedAt && before.endedAt > span.queuedAt ? { ...span, queuedAt: before.endedAt } : span;
}

/** What the run waits for people to decide. */
export const openApprovals = (view: RunView): Approval[] => view.approvals.filter(({ status }) => status === 'open');
