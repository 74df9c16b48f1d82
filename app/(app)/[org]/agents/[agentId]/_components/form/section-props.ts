import type { Agent, AgentSpec } from '@/lib/contracts/agents';

/** What every section of the form is given. */
export interface SectionProps {
  agent: Agent;
  spec: AgentSpec;
  editSpec: (patch: Partial<AgentSpec>) => void;
  problems: Record<string, string>;
  readonly: boolean;
}
