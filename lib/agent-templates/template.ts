import type { AgentSpec } from '../contracts/agents';

export const CATEGORIES = ['Basics', 'Customers', 'Documents', 'Data', 'Research'] as const;
export type Category = (typeof CATEGORIES)[number];

/** An agent to begin from. All of them answer on a sandbox model at once: no key, no internet. */
export interface AgentTemplate {
  id: string;
  category: Category;
  /** What the agent is called that is made of it. */
  name: string;
  description: string;
  /** What it may do besides answering, in plain words. */
  touches: string;
  /** What it wants for more than the sandbox; null for nothing. */
  needs: string | null;
  spec: AgentSpec;
}

/** A whole spec out of what is special about it. Plain objects: the pages that show them need not load what checks specs. */
export const specOf = (patch: Partial<AgentSpec>): AgentSpec => ({
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
