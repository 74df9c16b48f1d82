import type { AgentSpec } from '@/lib/contracts/agents';
import type { OfferedTool } from '@/lib/contracts/tools';
import { type OrgContext, requirePermission, type TenantContext } from '../context';
import { Invalid } from '../errors';
import { BUILT_IN_TOOLS, findTool } from './registry';

/** What an agent of this organization can be given. */
export function listOfferedTools(ctx: OrgContext): OfferedTool[] {
  requirePermission(ctx, 'agents:read');
  return BUILT_IN_TOOLS.map(({ name, label, does, group, reads, effect, human = false }) => ({
    name,
    label,
    does,
    group,
    reads,
    effect,
    asksPeople: human,
  }));
}

/** @throws Invalid for a spec with a tool that does not exist. */
export async function requireTools(_ctx: TenantContext, { tools }: AgentSpec): Promise<void> {
  const at = tools.findIndex(({ name }) => !findTool(name));
  const unknown = tools[at];
  if (unknown) {
    throw new Invalid(
      `There is no tool ${unknown.name}. Choose from ${BUILT_IN_TOOLS.map(({ name }) => name).join(', ')}.`,
      {
        fields: { [`spec.tools.${at}.name`]: 'unknown' },
      },
    );
  }
}
