import { AgentSpec, blankSpec } from '../../lib/contracts/agents';
import { checkText } from '../../server/guardrails/check';
import { taintWay } from '../../server/guardrails/taint';
import { complexityOf } from '../../server/models/routing/complexity';
import { type Candidate, rankModels } from '../../server/models/routing/rank';
import { httpRequest } from '../../server/tools/http-request';
import type { Results } from '../results';

const ROUNDS = 4_000;
const WARM_UP = 500;
const CHARACTERS = 2_000;

const route = { policy: 'by_complexity' as const, models: ['a', 'b', 'c', 'd'].map((name) => `sandbox/${name}`) };
const candidates: Candidate[] = route.models.map((model, index) => ({
  model,
  price: { input: index + 1, cachedInput: index / 2, output: 4 * index + 2, readOn: '2026-11-01' },
  quality: 40 + 15 * index,
  speed: { firstTokenMs: 300 + 100 * index, tokensPerSecond: 120 - 20 * index },
}));

/** Words, and in them what the guards look for. */
const filler = 'The order of last week has not arrived, and nobody answers when we call about it. ';
const personal = 'Write to ada@example.com or call (415) 555-2671; card 4111 1111 1111 1111, from 203.0.113.7. ';
const message = (personal + filler.repeat(30)).slice(0, CHARACTERS - '{"message":""}'.length);
const text = JSON.stringify({ message });

const spec = AgentSpec.parse({
  ...blankSpec(),
  model: { ...route, fallback: [] },
  tools: [{ name: 'http_request' }, { name: 'fetch_page' }],
  guardrails: {
    input: [
      { type: 'length' },
      { type: 'pii' },
      { type: 'blocked_terms', terms: Array.from({ length: 50 }, (_, index) => `project ${index}`) },
      {
        type: 'schema',
        schema: { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] },
      },
    ],
  },
  taint: { hosts: ['api.example.com', '*.example.org'] },
});
const stored = JSON.stringify(spec);
const call = { url: 'https://elsewhere.example/orders/17', method: 'GET' };
const read = JSON.stringify({ page: filler.repeat(100) });

/** All that is decided for a step of a run without asking anybody: which model, what of the text goes on, whether a call may. */
function decide(): void {
  const input = { messages: [{ role: 'user' as const, content: text }], tools: [] };
  const order = rankModels(route, candidates, {
    inputTokens: CHARACTERS / 4,
    outputTokens: 500,
    complexity: () => complexityOf(input),
  });
  const checked = checkText(spec.guardrails.input, text);
  const told = { trusted: () => [spec.instructions, text], read: () => [read] };
  const way = taintWay(httpRequest, call, spec.taint, told);
  if (order.length !== candidates.length || checked.blocked || checked.findings.length !== 1 || way !== 'ask') {
    throw new Error(`Decided otherwise than it should be: ${JSON.stringify({ order, checked, way })}`);
  }
}

/** In process, one at a time; beside it, in turns, what every run does anyway: reading its spec. */
export function measureDecisions(results: Results): void {
  console.log('… deciding in process');
  const base: number[] = [];
  const decided: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    const begins = performance.now();
    AgentSpec.parse(JSON.parse(stored));
    const between = performance.now();
    decide();
    const ends = performance.now();
    if (round < WARM_UP) continue;
    base.push(between - begins);
    decided.push(ends - between);
  }
  for (const [name, times] of Object.entries({ base, decided })) {
    times.sort((a, b) => a - b);
    results.figures[`decisions/${name}/p50`] = at(times, 0.5);
    results.figures[`decisions/${name}/p95`] = at(times, 0.95);
  }
}

const at = (sorted: number[], part: number): number =>
  Math.round((sorted[Math.floor(sorted.length * part)] ?? Number.NaN) * 1_000) / 1_000;
