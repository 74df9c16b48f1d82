import { blankSpec } from '@/lib/contracts/agents';
import { AgentConnectors, type Configuration, type ConnectorAccess } from '@/lib/contracts/connectors';
import type { JsonValue } from '@/lib/contracts/json';
import type { OrgContext } from '../../context';
import { guardedFetch } from '../../http/guarded';
import { findTool, runTool, type ToolResult } from '../../tools/registry';
import { createConnector } from '../service';

/** Calls a tool as an agent would that has this connector under the alias `it`. */
export async function callWith(
  ctx: OrgContext,
  { name, access }: { name: string; access: ConnectorAccess },
  tool: string,
  input: { [key: string]: JsonValue },
): Promise<ToolResult> {
  const found = findTool(tool);
  if (!found || found.human) throw new Error(`there is no tool ${tool}`);
  const connectors = AgentConnectors.parse([{ connector: name, alias: 'it', access }]);
  const spec = { ...blankSpec(), connectors };
  return runTool(found, input, { signal: new AbortController().signal, http: guardedFetch, ctx, spec });
}

let made = 0;

/** A connector that agents may be given for writing too. */
export async function makeConnector(ctx: OrgContext, configuration: Configuration) {
  made += 1;
  return createConnector(ctx, { name: `c${made}`, description: '', access: 'write', configuration });
}
