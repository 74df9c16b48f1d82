import { Building2, Globe, Layers, Lock, type LucideIcon } from 'lucide-react';
import type { AgentSummary, AgentVisibility } from '@/lib/contracts/agents';

export const VISIBILITIES: Record<AgentVisibility, { label: string; icon: LucideIcon; means: string }> = {
  private: {
    label: 'Private',
    icon: Lock,
    means: 'Only its owner, and owners and admins of the organization. Its runs, files and approvals too.',
  },
  workspace: {
    label: 'Workspace',
    icon: Layers,
    means:
      'Listed in its workspace. Every member of the organization can open every workspace, so everybody can find it.',
  },
  organization: {
    label: 'Organization',
    icon: Building2,
    means: 'Listed in every workspace, and agents of every workspace may give it tasks.',
  },
};

/** What is not as with most agents: kept to one person, listed everywhere, open to strangers. */
export function SharedState({ agent }: { agent: AgentSummary }) {
  const { label, icon } = VISIBILITIES[agent.visibility];
  return (
    <span className="inline-flex items-center gap-1.5 text-muted-foreground">
      {agent.hasPublicLink && <Mark icon={Globe} label="Public link" />}
      {agent.visibility !== 'workspace' && <Mark icon={icon} label={label} />}
    </span>
  );
}

function Mark({ icon: Icon, label }: { icon: LucideIcon; label: string }) {
  return (
    <span title={label}>
      <Icon className="size-3.5" aria-hidden />
      <span className="sr-only">{label}</span>
    </span>
  );
}
