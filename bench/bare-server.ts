import { createServer } from 'node:http';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText } from 'ai';

// The baseline: the same task through the AI SDK alone, in a plain Node server. Nothing is stored, durable or priced.
const provider = createOpenAICompatible({ name: 'bench', baseURL: `${process.argv[2]}/v1`, includeUsage: true });
const model = provider('fast');

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { input } = JSON.parse(Buffer.concat(chunks).toString()) as { input: string };
  const { text } = await generateText({ model, prompt: input, maxRetries: 0 });
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ output: text }));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`ready http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
});
