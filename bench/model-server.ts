import { startModelServer } from '../e2e/fixtures/model-server';

// An OpenAI-compatible provider without latency, in a process of its own so that it shares no event loop with what is measured.
const { url } = await startModelServer();
console.log(`ready ${url}`);
