import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { newId } from '@/db/columns';

/** A collector: what was posted to it, by path. */
const received: { path: string; type: string; key: string; body: Buffer }[] = [];
let status = 200;
const collector = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { 'content-type': type = '', 'x-key': key } = request.headers;
  received.push({ path: request.url ?? '', type, key: String(key), body: Buffer.concat(chunks) });
  response.writeHead(status, { 'content-type': type }).end(type.includes('json') ? '{}' : undefined);
});

beforeAll(async () => {
  await new Promise<void>((listening) => collector.listen(0, '127.0.0.1', listening));
});
afterAll(() => collector.close().closeAllConnections());
beforeEach(() => {
  received.length = 0;
  status = 200;
  vi.unstubAllEnvs();
});

/** The modules as a process has them that was started with this environment. */
async function started(settings: Record<string, string>) {
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  vi.resetModules();
  const { startTracing } = await import('./otlp');
  const { modelCalled, runEnded, toolCalled } = await import('./runs');
  const { isTracing } = await import('./spans');
  return { stop: await startTracing(), modelCalled, runEnded, toolCalled, isTracing };
}
const endpoint = () => `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;

const at = (ms: number) => new Date(Date.UTC(2026, 10, 20) + ms);
const ids = { orgId: newId(), runId: newId() };
const call = {
  ...ids,
  seq: 1,
  attempt: 0,
  model: 'openai/gpt-x',
  startedAt: at(1),
  firstTokenAt: at(300),
  endedAt: at(1_500),
  usage: { inputTokens: 100, cachedTokens: 40, outputTokens: 7 },
  costMicros: 12,
  finishReason: 'tool-calls',
};
const tool = { ...ids, seq: 2, attempt: 0, parentSeq: 1, tool: 'calculator', kind: 'calculator' };
const end = { ...ids, agentId: newId(), agentName: 'Ada', createdAt: at(0), endedAt: at(2_000) };

interface Exported {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  status: { code: number };
  attributes: { key: string; value: unknown }[];
}

test('without an endpoint nothing is made and nothing of OpenTelemetry is loaded', async () => {
  const { stop, isTracing } = await started({});
  expect(stop).toBeUndefined();
  expect(isTracing()).toBe(false);
});

test('a collector gets a run as one trace with the recorded times, also of two processes', async () => {
  const settings = {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(),
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=secret',
    OTEL_SERVICE_NAME: 'muster-eu',
  };
  const first = await started(settings);
  first.modelCalled(call);
  await first.stop?.();
  const second = await started(settings);
  second.toolCalled({ ...tool, startedAt: at(1_500), endedAt: at(1_600), errorCode: 'tool_failed' });
  second.runEnded({ ...end, status: 'completed' });
  await second.stop?.();

  expect(received.map(({ path, key }) => [path, key])).toEqual([
    ['/v1/traces', 'secret'],
    ['/v1/traces', 'secret'],
  ]);
  const bodies = received.map(({ body }) => JSON.parse(body.toString()));
  const attributes = bodies[0].resourceSpans[0].resource.attributes;
  expect(attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'muster-eu' } });
  const spans: Exported[] = bodies.flatMap((body) => body.resourceSpans[0].scopeSpans[0].spans);
  const [model, calculator, root] = spans;
  expect(spans.map(({ name }) => name)).toEqual(['chat gpt-x', 'execute_tool calculator', 'invoke_agent Ada']);
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([ids.runId.replaceAll('-', '')]));
  expect(root?.parentSpanId).toBeUndefined();
  expect(model).toMatchObject({
    parentSpanId: root?.spanId,
    kind: 3,
    startTimeUnixNano: `${at(1).getTime()}000000`,
    endTimeUnixNano: `${at(1_500).getTime()}000000`,
    status: { code: 0 },
  });
  expect(calculator).toMatchObject({ parentSpanId: model?.spanId, status: { code: 2 } });
  const value = (span: Exported | undefined, key: string) =>
    span?.attributes.find((attribute) => attribute.key === key)?.value;
  expect(value(model, 'gen_ai.usage.input_tokens')).toEqual({ intValue: 100 });
  expect(value(model, 'gen_ai.response.finish_reasons')).toEqual({
    arrayValue: { values: [{ stringValue: 'tool-calls' }] },
  });
  expect(value(calculator, 'error.type')).toEqual({ stringValue: 'tool_failed' });
  expect(value(root, 'gen_ai.agent.name')).toEqual({ stringValue: 'Ada' });
});

test('protobuf is what is sent when nobody asks for JSON; the address may be the whole one', async () => {
  const { stop, runEnded } = await started({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${endpoint()}/ingest` });
  runEnded({ ...end, status: 'failed', errorCode: 'limit_cost' });
  await stop?.();
  expect(received).toMatchObject([{ path: '/ingest', type: 'application/x-protobuf' }]);
  expect(received[0]?.body.includes(Buffer.from(ids.runId.replaceAll('-', ''), 'hex'))).toBe(true);
  expect(received[0]?.body.includes('limit_cost')).toBe(true);
});

test('a collector that refuses, or is not there, disturbs nobody', async () => {
  status = 400;
  const refused = await started({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint() });
  refused.runEnded({ ...end, status: 'completed' });
  await expect(refused.stop?.()).resolves.toBeUndefined();
  expect(received).toHaveLength(1);
  expect(refused.isTracing()).toBe(false);

  const gone = await started({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_EXPORTER_OTLP_TIMEOUT: '500' });
  gone.runEnded({ ...end, status: 'completed' });
  await expect(gone.stop?.()).resolves.toBeUndefined();
});
