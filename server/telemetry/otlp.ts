import type { HrTime, SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { env } from '@/lib/env';
import { log } from '../log';
import { type EndedSpan, type SpanAddress, setSpanSink } from './spans';

/**
 * Sends spans to the OTLP endpoint of the environment, when there is one; otherwise nothing of OpenTelemetry is even
 * loaded. The SDK reads the other standard variables (headers, time-outs, batch sizes, resource attributes) itself.
 * @returns what sends the rest and ends; undefined without an endpoint
 */
export async function startTracing(): Promise<(() => Promise<void>) | undefined> {
  if (!env.OTEL_EXPORTER_OTLP_ENDPOINT && !env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) return undefined;
  const { diag, DiagLogLevel, SpanKind, SpanStatusCode, TraceFlags } = await import('@opentelemetry/api');
  const { BatchSpanProcessor } = await import('@opentelemetry/sdk-trace');
  const { detectResources, envDetector, resourceFromAttributes } = await import('@opentelemetry/resources');
  const { OTLPTraceExporter } =
    env.OTEL_EXPORTER_OTLP_PROTOCOL === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');

  const say = (level: 'warn' | 'error') => (message: string) => log[level]({ part: 'telemetry' }, message);
  const quiet = () => {};
  const logger = { error: say('error'), warn: say('warn'), info: quiet, debug: quiet, verbose: quiet };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });

  const resource = resourceFromAttributes({ 'service.name': 'muster' }).merge(
    detectResources({ detectors: [envDetector] }),
  );
  const processor = new BatchSpanProcessor({ exporter: new OTLPTraceExporter() });
  const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };
  const context = ({ traceId, spanId }: SpanAddress): SpanContext => ({
    traceId,
    spanId,
    traceFlags: TraceFlags.SAMPLED,
  });

  /** Their tracer makes its own ids and times; ours are those that were recorded. */
  const toReadable = (span: EndedSpan): ReadableSpan => ({
    name: span.name,
    kind: kinds[span.kind],
    spanContext: () => context(span),
    parentSpanContext: span.parentSpanId ? context({ traceId: span.traceId, spanId: span.parentSpanId }) : undefined,
    startTime: hrTime(span.startedAt.getTime()),
    endTime: hrTime(span.endedAt.getTime()),
    duration: hrTime(Math.max(0, span.endedAt.getTime() - span.startedAt.getTime())),
    status: { code: span.error ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes: { ...span.attributes, ...(span.error ? { 'error.type': span.error } : {}) },
    links: (span.links ?? []).map((address) => ({ context: context(address) })),
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: 'muster' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  });

  setSpanSink((span) => processor.onEnd(toReadable(span)));
  return async () => {
    setSpanSink(undefined);
    await processor.shutdown().catch((error) => log.warn({ err: error }, 'the last spans could not be sent'));
  };
}

const hrTime = (ms: number): HrTime => [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1e6)];
