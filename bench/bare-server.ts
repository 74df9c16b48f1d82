import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, isStepCount, streamText, tool } from 'ai';
import { z } from 'zod';

/** The baseline: the same task through the AI SDK alone, in a plain Node server. Nothing is stored, durable or priced. */
const provider = createOpenAICompatible({ name: 'bench', baseURL: `${process.argv[2]}/v1`, includeUsage: true });
const calculator = tool({
  description: 'Evaluates an arithmetic expression.',
  inputSchema: z.object({ expression: z.string() }),
  execute: async () => ({ result: '424.83' }),
});

interface Asked {
  input: string;
  model: string;
  stream?: boolean;
}

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  if (request.method === 'GET') return void response.end('ready');
  const { input, model, stream } = JSON.parse(Buffer.concat(chunks).toString()) as Asked;
  const tools = model.startsWith('tool') ? { calculator } : undefined;
  const task = { model: provider(model), prompt: input, tools, maxRetries: 0, stopWhen: isStepCount(5) };
  if (stream) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for await (const delta of streamText(task).textStream) {
      response.write(`event: text\ndata: ${JSON.stringify({ delta })}\n\n`);
    }
    return void response.end('event: end\ndata: {}\n\n');
  }
  const { text } = await generateText(task);
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ status: 'completed', output: text }));
});
server.listen(0, '127.0.0.1', 4_096, () => {
  console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
