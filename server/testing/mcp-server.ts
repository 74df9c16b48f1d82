import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ListToolsRequestSchema,
  type Tool,
} from '@modelcontextprotocol/sdk/types.js';

interface Served extends Partial<Tool> {
  name: string;
  run?: (input: Record<string, unknown>, signal: AbortSignal) => CallToolResult | Promise<CallToolResult>;
}

export const said = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] });

/** A real MCP server over streamable HTTP on this machine. `tools` may be changed while it runs. */
export async function makeMcpServer(tools: Served[], { bearer }: { bearer?: string } = {}) {
  const transports = new Map<string, StreamableHTTPServerTransport>();
  const calls: { name: string; input: unknown }[] = [];
  const state = { tools, calls, opened: 0 };

  function makeSession(): StreamableHTTPServerTransport {
    const server = new Server({ name: 'tracker', version: '1' }, { capabilities: { tools: {} } });
    server.setRequestHandler(ListToolsRequestSchema, () => ({
      tools: state.tools.map(({ run: _, ...tool }) => ({ inputSchema: { type: 'object' as const }, ...tool })),
    }));
    server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }) => {
      const tool = state.tools.find(({ name }) => name === params.name);
      calls.push({ name: params.name, input: params.arguments });
      return (await tool?.run?.(params.arguments ?? {}, signal)) ?? said('done');
    });
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        state.opened += 1;
        transports.set(id, transport);
      },
    });
    void server.connect(transport);
    return transport;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (bearer && request.headers.authorization !== `Bearer ${bearer}`) {
      response.writeHead(401).end();
      return;
    }
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? transports.get(id) : undefined;
    if (id && !known) {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end('{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}');
      return;
    }
    await (known ?? makeSession()).handleRequest(request, response);
  }

  const http = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  return Object.assign(state, {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    forgetSessions: () => transports.clear(),
    close: () =>
      new Promise<void>((closed) => {
        http.close(() => closed());
        http.closeAllConnections();
      }),
  });
}
