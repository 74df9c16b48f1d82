import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { newId } from '@/db/columns';
import { isStorableText } from '@/lib/contracts/text';
import { createGuardedClient, guardedFetch } from '../http/guarded';
import { log } from '../log';
import { describeInstant } from './current-time';
import { BUILT_IN_TOOLS, findTool, runTool, type ToolResult, toolDefinitions } from './registry';
import { MAX_TOOL_OUTPUT } from './run-tool';
import type { MachineTool, ToolEnvironment } from './tool';

const environment: ToolEnvironment = {
  signal: new AbortController().signal,
  http: guardedFetch,
  ctx: {
    org: { id: newId(), slug: 'none', name: 'None' },
    actor: { type: 'system', id: 'test' },
    permissions: [],
    request: null,
    log,
  },
};

function machine(name: string): MachineTool {
  const tool = findTool(name);
  if (!tool || tool.human) throw new Error(`no machine tool ${name}`);
  return tool;
}
const run = (name: string, input: unknown, given: Partial<ToolEnvironment> = {}): Promise<ToolResult> =>
  runTool(machine(name), input, { ...environment, ...given });
const toolThat = (work: MachineTool['run'], timeoutMs = 1_000): MachineTool => ({
  name: 'calculator',
  label: '',
  does: '',
  group: 'numbers',
  reads: 'nothing',
  effect: 'none',
  description: '',
  inputSchema: z.unknown(),
  timeoutMs,
  run: work,
});

describe('registry', () => {
  test('every tool has a definition that a provider takes', () => {
    const names = BUILT_IN_TOOLS.map(({ name }) => name);
    const definitions = toolDefinitions(names);
    expect(definitions.map(({ name }) => name)).toEqual(names);
    for (const { inputSchema, description } of definitions) {
      expect(inputSchema).toMatchObject({ type: 'object', properties: expect.any(Object) });
      expect(inputSchema).not.toHaveProperty('$schema');
      expect(description.length).toBeGreaterThan(20);
    }
    expect(definitions[1]?.inputSchema).not.toHaveProperty('required');
  });

  test.each(['nothing', '', 'constructor', '__proto__', 'toString'])('there is no tool %j', (name) => {
    expect(findTool(name)).toBeUndefined();
  });
});

describe('runTool', () => {
  test.each([undefined, null, 1, 'text', [], {}, { expression: 5 }, { expression: '' }])(
    'arguments %j are an error to read',
    async (input) => {
      const result = await run('calculator', input);
      expect(result.ok).toBe(false);
      expect(!result.ok && result.error).toContain('arguments of calculator');
    },
  );

  test('a tool that takes too long is stopped, even one that does not listen', async () => {
    const result = await runTool(
      toolThat(() => new Promise(() => {}), 30),
      {},
      environment,
    );
    expect(result).toEqual({ ok: false, error: 'calculator took longer than 0.03 s and was stopped.' });
  });

  test('abort is thrown', async () => {
    const controller = new AbortController();
    const running = runTool(
      toolThat(() => new Promise(() => {})),
      {},
      { ...environment, signal: controller.signal },
    );
    controller.abort(new Error('cancelled'));
    await expect(running).rejects.toThrow('cancelled');
    await expect(
      runTool(
        toolThat(() => 1),
        {},
        { ...environment, signal: controller.signal },
      ),
    ).rejects.toThrow('cancelled');
  });

  test('arguments of five megabytes never reach a tool', async () => {
    let ran = false;
    const tool = toolThat(() => {
      ran = true;
      return 1;
    });
    const result = await runTool(tool, { text: 'x'.repeat(5_000_000) }, environment);
    expect(result).toEqual({
      ok: false,
      error: 'The arguments of calculator are longer than 1000000 characters. Send less.',
    });
    expect(ran).toBe(false);
  });

  test('a bug in a tool shows nothing of itself', async () => {
    const result = await runTool(
      toolThat(() => {
        throw new Error('password is hunter2');
      }),
      {},
      environment,
    );
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  test('what is too long, or too deep, is an error', async () => {
    expect(
      await runTool(
        toolThat(() => 'x'.repeat(MAX_TOOL_OUTPUT)),
        {},
        environment,
      ),
    ).toMatchObject({ ok: false });
    const deep = JSON.parse(`${'['.repeat(10_000)}${']'.repeat(10_000)}`);
    expect(
      await runTool(
        toolThat(() => deep),
        {},
        environment,
      ),
    ).toMatchObject({ ok: false });
  });

  test('every output can be stored', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 5 }), fc.string({ unit: 'binary' }), async (json, text) => {
        const result = await runTool(
          toolThat(() => ({ json: json as never, [text]: `${text}\u0000\ud800` })),
          {},
          environment,
        );
        expect(result.ok).toBe(true);
        JSON.stringify(result, (key, value) => {
          expect(isStorableText(key)).toBe(true);
          if (typeof value === 'string') expect(isStorableText(value)).toBe(true);
          return value;
        });
      }),
    );
  });
});

describe('calculator', () => {
  test('calculates', async () => {
    expect(await run('calculator', { expression: '17% of 2,499' })).toEqual({
      ok: true,
      output: { expression: '17% of 2,499', result: '424.83' },
    });
  });

  test('says what it cannot do', async () => {
    expect(await run('calculator', { expression: '1/0' })).toEqual({ ok: false, error: 'Division by zero.' });
  });
});

describe('current_time', () => {
  test('knows zones, summer time and half hours', () => {
    const winter = new Date('2026-01-15T12:00:00Z');
    expect(describeInstant(winter, 'Europe/Berlin')).toEqual({
      timeZone: 'Europe/Berlin',
      date: '2026-01-15',
      time: '13:00:00',
      weekday: 'Thursday',
      utcOffset: '+01:00',
      iso: '2026-01-15T13:00:00+01:00',
    });
    expect(describeInstant(new Date('2026-07-15T12:00:00Z'), 'Europe/Berlin').utcOffset).toBe('+02:00');
    expect(describeInstant(winter, 'Asia/Kolkata')).toMatchObject({ time: '17:30:00', utcOffset: '+05:30' });
    expect(describeInstant(winter, 'UTC')).toMatchObject({ iso: '2026-01-15T12:00:00+00:00' });
    expect(describeInstant(new Date('2026-01-15T00:00:00Z'), 'UTC').time).toBe('00:00:00');
  });

  test('its ISO text is the instant, in every zone', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: 4_000_000_000 }), (zone, seconds) => {
        const { iso } = describeInstant(new Date(seconds * 1_000), zone);
        // Some zones had offsets with seconds once, which ISO 8601 cannot write and Date cannot read.
        if (/[+-]\d\d:\d\d$/.test(iso)) expect(new Date(iso).getTime()).toBe(seconds * 1_000);
      }),
    );
  });

  test('asks for a zone that exists', async () => {
    const result = await run('current_time', { timeZone: 'Mars/Olympus' });
    expect(result).toMatchObject({ ok: false, error: expect.stringContaining('Europe/Berlin') });
    expect(await run('current_time', {})).toMatchObject({ ok: true, output: { timeZone: 'UTC' } });
  });
});

describe('code_interpreter', () => {
  test('gives result and log', async () => {
    const code = 'console.log(input.length, "numbers");\nreturn input.reduce((a, b) => a + b)';
    expect(await run('code_interpreter', { code, input: [1, 2, 3.5] })).toEqual({
      ok: true,
      output: { result: 6.5, logs: ['3 numbers'] },
    });
  });

  test('says what went wrong, and where', async () => {
    const code = 'console.log("so far");\n\nreturn input.rows.length';
    expect(await run('code_interpreter', { code, input: {} })).toEqual({
      ok: false,
      error: "TypeError: Cannot read properties of undefined (reading 'length') (line 3)\nIt had logged:\nso far",
    });
  });
});

describe('http_request', () => {
  async function withServer(
    answer: { headers?: Record<string, string>; body?: string | Buffer; status?: number },
    input: object,
  ) {
    let seen = '';
    const server = createServer(async (request, response) => {
      seen = `${request.method} ${request.url} ${request.headers['x-one'] ?? ''} `;
      for await (const chunk of request) seen += chunk;
      response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const client = createGuardedClient({ isAllowedAddress: (address) => address === '127.0.0.1' });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/path`;
    const result = await run('http_request', { url, ...input }, { http: client.fetch });
    server.closeAllConnections();
    server.close();
    return { result, seen };
  }

  test('sends and reads', async () => {
    const { result, seen } = await withServer(
      { headers: { 'content-type': 'application/json' }, body: '{"a":"ü"}', status: 201 },
      { method: 'POST', headers: { 'x-one': '1' }, body: 'hello' },
    );
    expect(seen).toBe('POST /path 1 hello');
    expect(result).toMatchObject({
      ok: true,
      output: { status: 201, contentType: 'application/json', body: '{"a":"ü"}', truncated: false },
    });
  });

  test('reads the charset, cuts what is long, leaves out what is no text', async () => {
    const latin = await withServer(
      { headers: { 'content-type': 'text/plain; charset=iso-8859-1' }, body: Buffer.from([0xfc]) },
      {},
    );
    expect(latin.result).toMatchObject({ output: { body: 'ü' } });
    const long = await withServer({ headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(100_000) }, {});
    expect(long.result).toMatchObject({ output: { truncated: true, body: 'x'.repeat(65_536) } });
    const image = await withServer({ headers: { 'content-type': 'image/png' }, body: Buffer.from([1, 2, 3]) }, {});
    expect(image.result).toMatchObject({ output: { body: '(3 bytes of image/png, not shown)' } });
    const nul = await withServer({ headers: { 'content-type': 'text/plain' }, body: 'a\u0000b' }, {});
    expect(nul.result).toMatchObject({ output: { body: 'a\uFFFDb' } });
  });

  test.each([
    ['http://169.254.169.254/latest/meta-data', 'no public address'],
    ['http://localhost:3000/', 'no public address'],
    ['file:///etc/passwd', 'Only https:// and http://'],
    ['nonsense', 'not a whole address'],
  ])('%s is an error the model can read', async (url, message) => {
    expect(await run('http_request', { url })).toMatchObject({ ok: false, error: expect.stringContaining(message) });
  });
});
