import type { AgentSpec } from '@/lib/contracts/agents';

/** Shapes a new agent can begin from. All run on a sandbox model: no key, no internet. */
export interface Starter {
  id: string;
  label: string;
  does: string;
  name: string;
  description: string;
  spec: AgentSpec;
}

const spec = (patch: Partial<AgentSpec>): AgentSpec => ({
  schemaVersion: 1,
  kind: 'chat',
  instructions: '',
  variables: [],
  model: 'sandbox/assistant',
  parameters: {},
  tools: [],
  connectors: [],
  limits: { maxSteps: 20, maxSeconds: 300, maxCostMicros: 1_000_000 },
  guardrails: { input: [], output: [] },
  taint: { mode: 'ask', hosts: [], openLinks: false, tools: [] },
  starterPrompts: [],
  ...patch,
});

export const ASSISTANT: Starter = {
  id: 'assistant',
  label: 'Assistant',
  does: 'Answers, calculates, knows the time',
  name: 'Assistant',
  description: 'Answers questions and calculates exactly.',
  spec: spec({
    instructions:
      'You are a helpful assistant at {{company}}.\n\nUse the calculator for every number and the clock for everything that depends on today. Answer in one or two sentences.',
    variables: [{ name: 'company', description: 'Whom it works for', default: 'our company' }],
    tools: [{ name: 'calculator' }, { name: 'current_time' }],
    starterPrompts: ['What is 17% of 2,499?', 'What time is it in Tokyo?', '(1280 * 3 - 96) / 12'],
  }),
};

export const STARTERS: Starter[] = [
  ASSISTANT,
  {
    id: 'asks-first',
    label: 'Asks a person',
    does: 'Stops for a decision, then goes on',
    name: 'Refund desk',
    description: 'Works out a refund and asks a person before it confirms.',
    spec: spec({
      instructions:
        'You handle refunds. Work out the amount with the calculator, then ask a person whether to approve it. Say what was decided.',
      tools: [{ name: 'calculator' }, { name: 'ask_human' }],
      starterPrompts: ['Ask a person whether order 1042 may be refunded.', 'What is 30% of 249.90?'],
    }),
  },
  {
    id: 'reader',
    label: 'Web reader',
    does: 'Reads public addresses',
    name: 'Web reader',
    description: 'Reads a public page or API and says what it found.',
    spec: spec({
      instructions:
        'Fetch the address you are given and summarise what it says in three sentences. Quote numbers exactly.',
      tools: [{ name: 'http_request' }],
      starterPrompts: ['Read https://example.com and summarise it.'],
    }),
  },
  {
    id: 'blank',
    label: 'Blank',
    does: 'No tools, your instructions',
    name: '',
    description: '',
    spec: spec({ instructions: 'You are a helpful assistant.' }),
  },
];
