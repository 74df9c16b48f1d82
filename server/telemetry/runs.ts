import type { BudgetScope } from '@/lib/contracts/budgets';
import type { RunErrorCode, RunStatus, RunTrigger, Usage } from '@/lib/contracts/runs';
import { metrics } from './metrics';
import { describeRequest } from './requests';
import { emitSpan, isTracing, runAddress, stepAddress } from './spans';

/**
 * What the run engine tells: counted for Prometheus, and sent as spans where an OTLP endpoint is configured. Call these
 * after the commit, with the times that were recorded. None throws, waits, or is told what was said.
 */

/** Once for each run, in the request that starts it: the two point to each other. */
export function runStarted({ runId, trigger }: { runId: string; trigger: RunTrigger }): void {
  metrics().runsStarted.inc({ trigger });
  describeRequest({ run: runId });
}

export interface EndedRun {
  orgId: string;
  runId: string;
  agentId: string;
  agentName?: string;
  conversationId?: string;
  status: Extract<RunStatus, 'completed' | 'failed' | 'cancelled'>;
  createdAt: Date;
  endedAt: Date;
  errorCode?: RunErrorCode | null;
}

/** Once for each run, by the process that ended it. */
export function runEnded(run: EndedRun): void {
  const { status } = run;
  metrics().runsEnded.inc({ status });
  metrics().runSeconds.observe({ status }, seconds(run.createdAt, run.endedAt));
  if (!isTracing()) return;
  emitSpan({
    ...runAddress(run.runId),
    name: run.agentName ? `invoke_agent ${run.agentName}` : 'invoke_agent',
    kind: 'internal',
    startedAt: run.createdAt,
    endedAt: run.endedAt,
    error: run.errorCode ?? (status === 'completed' ? undefined : status),
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.id': run.agentId,
      'gen_ai.agent.name': run.agentName,
      'gen_ai.conversation.id': run.conversationId,
      'muster.org.id': run.orgId,
      'muster.run.id': run.runId,
      'muster.run.status': status,
    },
  });
}

/** A span of a run, as it was recorded. */
interface EndedStep {
  orgId: string;
  runId: string;
  /** The span's number; each attempt of a step has its own. */
  seq: number;
  /** 0 the first. */
  attempt: number;
  /** The span this belongs under; omitted, the run itself. */
  parentSeq?: number | null;
  startedAt: Date;
  endedAt: Date;
  /** `cancelled` for what was stopped with its run. */
  errorCode?: RunErrorCode | 'cancelled' | null;
}

export interface ModelCalled extends EndedStep {
  /** `provider/model`, as the span is named. */
  model: string;
  firstTokenAt?: Date | null;
  usage?: Usage | null;
  costMicros?: number | null;
  finishReason?: string | null;
}

export function modelCalled(call: ModelCalled): void {
  const [, provider = '', model = ''] = /^([^/]*)\/(.*)$/s.exec(call.model) ?? ['', 'unknown', call.model];
  const labels = { provider, model: metrics().modelLabel(model) };
  metrics().modelCalls.inc({ ...labels, outcome: call.errorCode ?? 'ok' });
  metrics().modelSeconds.observe(labels, seconds(call.startedAt, call.endedAt));
  if (call.firstTokenAt) metrics().firstTokenSeconds.observe(labels, seconds(call.startedAt, call.firstTokenAt));
  const { usage, costMicros } = call;
  if (usage) {
    const tokens = { input: usage.inputTokens, cached: usage.cachedTokens, output: usage.outputTokens };
    for (const [type, count] of Object.entries(tokens)) {
      if (count > 0) metrics().modelTokens.inc({ ...labels, type }, count);
    }
  }
  if (costMicros && costMicros > 0) metrics().modelDollars.inc(labels, costMicros / 1e6);
  if (!isTracing()) return;
  emitStep(call, {
    name: `chat ${model}`,
    kind: 'client',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': provider,
      'gen_ai.request.model': model,
      'gen_ai.response.finish_reasons': call.finishReason ? [call.finishReason] : undefined,
      'gen_ai.usage.input_tokens': usage?.inputTokens,
      'gen_ai.usage.cache_read.input_tokens': usage?.cachedTokens,
      'gen_ai.usage.output_tokens': usage?.outputTokens,
      'gen_ai.response.time_to_first_chunk': call.firstTokenAt ? seconds(call.startedAt, call.firstTokenAt) : undefined,
      'muster.cost_micros': costMicros ?? undefined,
    },
  });
}

export interface ToolCalled extends EndedStep {
  /** As the agent called it. */
  tool: string;
  /** What to count it as, from a short list: the name of a built-in tool, `http`, `mcp`, `unknown`. */
  kind: string;
}

export function toolCalled(call: ToolCalled): void {
  const tool = metrics().toolLabel(call.kind);
  metrics().toolCalls.inc({ tool, outcome: call.errorCode ?? 'ok' });
  metrics().toolSeconds.observe({ tool }, seconds(call.startedAt, call.endedAt));
  if (!isTracing()) return;
  emitStep(call, {
    name: `execute_tool ${call.tool}`,
    kind: 'internal',
    attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': call.tool },
  });
}

/** A reservation that found no room. */
export const budgetRefused = ({ scope }: { scope: BudgetScope | 'run' }): void =>
  metrics().budgetRefusals.inc({ scope });

/** Somebody watches a run live; call what this returns when they leave. */
export function watcherOpened(): () => void {
  metrics().watchers.inc();
  return () => metrics().watchers.dec();
}

function emitStep(step: EndedStep, span: { name: string; kind: 'client' | 'internal'; attributes: object }): void {
  const { runId, seq, parentSeq } = step;
  emitSpan({
    ...span,
    ...stepAddress(runId, seq),
    parentSpanId: (parentSeq == null ? runAddress(runId) : stepAddress(runId, parentSeq)).spanId,
    startedAt: step.startedAt,
    endedAt: step.endedAt,
    error: step.errorCode ?? undefined,
    attributes: {
      ...span.attributes,
      'muster.org.id': step.orgId,
      'muster.run.id': runId,
      'muster.attempt': step.attempt,
    },
  });
}

const seconds = (from: Date, to: Date): number => Math.max(0, to.getTime() - from.getTime()) / 1_000;
