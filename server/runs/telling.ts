import { isEnded, type RunErrorCode, type RunStatus, type SpanKind, type Usage } from '@/lib/contracts/runs';
import { modelCalled, runEnded, toolCalled } from '../telemetry/runs';
import { findTool } from '../tools/registry';

/** What a statement says of the run it changed. */
export interface ChangedRun {
  before: RunStatus;
  status: RunStatus;
  agentId: string;
  conversationId: string;
  createdAt: string;
  errorCode: RunErrorCode | null;
}

/** What a statement says of the span it ended. */
export interface ClosedSpan {
  kind: SpanKind;
  name: string;
  attempt: number;
  parentSeq: number | null;
  startedAt: string;
  endedAt: string;
  costMicros: string | null;
}

/** Tells metrics and traces that a run has ended, if it has by this change. */
export function tellRun(orgId: string, runId: string, run: ChangedRun): void {
  const { status, before, agentId, conversationId, createdAt, errorCode } = run;
  if (isEnded(before) || (status !== 'completed' && status !== 'failed' && status !== 'cancelled')) return;
  const times = { createdAt: new Date(createdAt), endedAt: new Date() };
  runEnded({ orgId, runId, agentId, conversationId, status, errorCode, ...times });
}

/** Tells metrics and traces of a call that has ended. */
export function tellSpan(
  orgId: string,
  runId: string,
  span: ClosedSpan & {
    seq: number;
    usage?: Usage;
    firstTokenAt?: Date | null;
    finishReason?: string;
    errorCode?: RunErrorCode | 'cancelled';
  },
): void {
  const { kind, name, startedAt, endedAt, costMicros, ...call } = span;
  const step = { ...call, orgId, runId, startedAt: new Date(startedAt), endedAt: new Date(endedAt) };
  if (kind === 'model')
    modelCalled({ ...step, model: name, costMicros: costMicros === null ? null : Number(costMicros) });
  else toolCalled({ ...step, tool: name, kind: findTool(name) ? name : 'unknown' });
}
