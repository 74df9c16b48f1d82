import type { TriedTool, TryToolInput } from '@/lib/contracts/tools';
import { getAgent } from '../agents/service';
import { recordAudit } from '../audit/service';
import { type OrgContext, requirePermission, withTenant } from '../context';
import { NotFound, PreconditionFailed } from '../errors';
import { guardedFetch } from '../http/guarded';
import { redact } from '../secrets/redaction';
import { runTool } from './run-tool';
import { openToolbox } from './toolbox';

/**
 * Runs a tool by itself, with the rights of whoever tries it. What the tool says is in the result, its errors too.
 * @throws NotFound; PreconditionFailed for a tool that people answer, and one that is switched off.
 */
export async function tryTool(
  ctx: OrgContext,
  { name, input, agentId }: TryToolInput,
  signal: AbortSignal = new AbortController().signal,
  http = guardedFetch,
): Promise<TriedTool> {
  requirePermission(ctx, 'tools:try');
  const agent = agentId ? await getAgent(ctx, { agentId }) : undefined;
  const tool = await withTenant(ctx, async (tx) => {
    const found = (await openToolbox(tx, [{ name }])).find(name);
    if (!found) throw new NotFound('tool');
    await recordAudit(tx, { action: 'tool.try', resourceType: 'tool', resourceId: name });
    return found;
  });
  if (tool.human) throw new PreconditionFailed('People answer this tool in a run; there is nothing to try.');
  if (tool.disabled) throw new PreconditionFailed(tool.disabled);
  const startedAt = performance.now();
  const result = await runTool(tool, input, {
    signal,
    http,
    ctx,
    agentId,
    spec: agent?.draft,
    workspaceId: agent?.workspaceId,
  });
  const milliseconds = Math.round(performance.now() - startedAt);
  const { ok } = result;
  return redact(ctx.org.id, {
    ok,
    output: ok ? result.output : null,
    error: ok ? null : result.error,
    milliseconds,
  });
}
