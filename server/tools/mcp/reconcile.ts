import type { McpToolState, RemoteTool } from '@/lib/contracts/mcp';
import { hashOf, nameOf } from './listing';

/** A tool as it is stored: what models are told, and what the server says instead by now. */
export interface StoredTool {
  id: string;
  name: string;
  remoteName: string;
  state: McpToolState;
  hash: string;
  offeredHash: string | null;
}

export interface NewTool extends RemoteTool {
  name: string;
  hash: string;
  state: 'accepted' | 'new';
}

export type ToolChange = { id: string } & (
  | { state: McpToolState; offered: null; offeredHash: null }
  | { state: McpToolState; offered: RemoteTool; offeredHash: string }
);

/**
 * What a look at the tools of a server changes. Nothing that models are told: another text, and a tool that was not there
 * the first time, wait for consent.
 */
export function reconcile(
  server: string,
  stored: readonly StoredTool[],
  offered: readonly RemoteTool[],
  isFirst: boolean,
) {
  const known = new Map(stored.map((tool) => [tool.remoteName, tool]));
  const taken = new Set(stored.map(({ name }) => name));
  const added: NewTool[] = [];
  const changes: ToolChange[] = [];
  for (const tool of offered) {
    const before = known.get(tool.remoteName);
    const hash = hashOf(tool);
    if (!before) {
      const name = nameOf(server, tool.remoteName, taken);
      taken.add(name);
      added.push({ ...tool, name, hash, state: isFirst ? 'accepted' : 'new' });
    } else if (hash === before.hash) {
      const state = isOpen(before) ? before.state : 'accepted';
      if (state !== before.state || before.offeredHash !== null) {
        changes.push({ id: before.id, state, offered: null, offeredHash: null });
      }
    } else if (hash !== before.offeredHash || before.state === 'gone' || before.state === 'accepted') {
      const state = isOpen(before) ? before.state : 'changed';
      changes.push({ id: before.id, state, offered: tool, offeredHash: hash });
    }
  }
  const there = new Set(offered.map(({ remoteName }) => remoteName));
  const missing = stored.filter(({ remoteName }) => !there.has(remoteName));
  for (const { id, state } of missing) {
    if (state === 'accepted' || state === 'changed')
      changes.push({ id, state: 'gone', offered: null, offeredHash: null });
  }
  return { added, changes, dropped: missing.filter(({ state }) => state === 'new').map(({ id }) => id) };
}

/** Nobody has ever consented to it, or somebody took that back: only a person changes this. */
const isOpen = ({ state }: StoredTool): boolean => state === 'new' || state === 'removed';
