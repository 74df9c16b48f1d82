import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Approval } from './contracts/approvals';
import type { RunCursor, RunEvent, RunSummary, Span } from './contracts/runs';
import { answerOf, applyRunEvent, openApprovals, textOfSpan, viewOfRun } from './run-state';

const at = (ms: number) => new Date(1_750_000_000_000 + ms);

const summary = (patch: Partial<RunSummary> = {}): RunSummary => ({
  id: '0190a5c0-7e1a-7c3b-9d2e-4f5a6b7c8d9e',
  workspaceId: '0190a5c0-7e1a-7c3b-9d2e-4f5a6b7c8d9f',
  agentId: '0190a5c0-7e1a-7c3b-9d2e-4f5a6b7c8d90',
  agentName: 'Support',
  version: 1,
  conversationId: '0190a5c0-7e1a-7c3b-9d2e-4f5a6b7c8d92',
  rerunOf: null,
  parentRunId: null,
  resumedFrom: null,
  trigger: 'editor',
  status: 'queued',
  actorName: 'Ada',
  model: 'sandbox/assistant',
  inputPreview: 'Hello',
  outputPreview: null,
  errorCode: null,
  errorMessage: null,
  revision: 0,
  usage: { inputTokens: 0, cachedTokens: 0, outputTokens: 0 },
  costMicros: 0,
  createdAt: at(0),
  startedAt: null,
  endedAt: null,
  ...patch,
});

const span = (seq: number, revision: number, patch: Partial<Span> = {}): Span => ({
  seq,
  parentSeq: null,
  kind: 'model',
  name: 'sandbox/assistant',
  status: 'running',
  attempt: 0,
  stepKey: `step-${seq}`,
  takenOver: null,
  revision,
  queuedAt: at(seq),
  startedAt: at(seq),
  firstTokenAt: null,
  endedAt: null,
  providerMs: null,
  inputTokens: null,
  cachedTokens: null,
  outputTokens: null,
  costMicros: null,
  finishReason: null,
  errorCode: null,
  errorMessage: null,
  ...patch,
});

const question: Approval = {
  id: '0190a5c0-7e1a-7c3b-9d2e-4f5a6b7c8d91',
  runId: summary().id,
  agentId: summary().agentId,
  agentName: 'Support',
  stepKey: 'tool-0-0',
  kind: 'question',
  tool: 'ask_human',
  toolDescription: '',
  question: 'Which one?',
  proposed: { question: 'Which one?' },
  edited: null,
  said: null,
  isTainted: false,
  taintedBy: [],
  runInput: '',
  startedByName: null,
  step: 1,
  costMicros: 0,
  status: 'open',
  answer: null,
  reason: null,
  decider: null,
  notByStarter: false,
  mayDecide: true,
  decidedByName: null,
  decidedAt: null,
  createdAt: at(5),
  expiresAt: at(1_000_000),
};

type Told = { cursor: RunCursor; event: RunEvent };

/** A whole run as a server tells it: model calls that stream in pieces, then the end. */
function history(answers: string[][]): Told[] {
  const told: Told[] = [];
  let revision = 0;
  const tell = (event: RunEvent, seq = 0, offset = 0) => told.push({ cursor: { revision, seq, offset }, event });
  const run = (patch: Partial<RunSummary>) =>
    tell({
      type: 'run',
      run: summary({ ...patch, revision: ++revision }),
      output: patch.status === 'completed' ? (answers.at(-1)?.join('') ?? '') : null,
    });
  run({ status: 'running' });
  for (const pieces of answers) {
    const seq = ++revision;
    tell({ type: 'span', span: span(seq, revision) });
    let offset = 0;
    for (const delta of pieces) {
      const from = offset;
      offset += delta.length;
      tell({ type: 'text', seq, offset: from, delta }, seq, offset);
    }
    revision += 1;
    tell({ type: 'span', span: span(seq, revision, { status: 'completed' }) }, seq, offset);
  }
  run({ status: 'completed' });
  tell({ type: 'end' });
  return told;
}

/** What the server sends to who comes back with `cursor`: everything newer, text from the offset on, in one piece. */
function since(told: Told[], cursor: RunCursor): RunEvent[] {
  const texts = new Map<number, string>();
  for (const { event } of told) {
    if (event.type === 'text') texts.set(event.seq, (texts.get(event.seq) ?? '') + event.delta);
  }
  const state = told
    .map(({ event }) => event)
    .filter((event) => {
      if (event.type === 'run') return event.run.revision > cursor.revision;
      return event.type === 'span' ? event.span.revision > cursor.revision : event.type === 'end';
    });
  const text: RunEvent[] = [...texts]
    .filter(([seq]) => seq >= cursor.seq)
    .map(([seq, whole]) => {
      const offset = seq === cursor.seq ? cursor.offset : 0;
      return { type: 'text', seq, offset, delta: whole.slice(offset) };
    });
  return [...text, ...state];
}

const play = (events: RunEvent[], from = viewOfRun(summary())) => events.reduce(applyRunEvent, from);
const answers = fc.array(fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }), { maxLength: 6 }), {
  minLength: 1,
  maxLength: 4,
});

describe('a run view', () => {
  it('is the same after any prefix and a reconnect from its cursor', () => {
    fc.assert(
      fc.property(answers, fc.nat(), (said, cut) => {
        const told = history(said);
        const seen = told.slice(0, cut % (told.length + 1));
        const cursor = seen.at(-1)?.cursor ?? { revision: 0, seq: 0, offset: 0 };
        const whole = play(told.map(({ event }) => event));
        const resumed = play(since(told, cursor), play(seen.map(({ event }) => event)));
        expect(resumed).toEqual(whole);
        expect(answerOf(resumed)).toBe(said.at(-1)?.join(''));
      }),
    );
  });

  it('is the same in any order and with repetitions', () => {
    fc.assert(
      fc.property(
        answers.chain((said) => {
          const events = history(said).map(({ event }) => event);
          return fc.tuple(
            fc.constant(events),
            fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 }),
          );
        }),
        ([events, mixed]) => {
          expect(play(mixed)).toEqual(play(events));
        },
      ),
    );
  });

  it('shows what the model says while it says it', () => {
    const view = play([
      { type: 'span', span: span(1, 1) },
      { type: 'text', seq: 1, offset: 0, delta: 'Hel' },
    ]);
    expect(answerOf(view)).toBe('Hel');
    const gap = applyRunEvent(view, { type: 'text', seq: 1, offset: 5, delta: '!' });
    expect(textOfSpan(gap, 1)).toBe('Hel');
    expect(textOfSpan(applyRunEvent(gap, { type: 'text', seq: 1, offset: 3, delta: 'lo' }), 1)).toBe('Hello!');
  });

  it('keeps an answer when an older question comes late', () => {
    const answered: Approval = { ...question, status: 'answered', answer: 'Blue' };
    const view = play([
      { type: 'approval', approval: answered },
      { type: 'approval', approval: question },
    ]);
    expect(openApprovals(view)).toEqual([]);
    expect(view.approvals).toEqual([answered]);
  });
});
