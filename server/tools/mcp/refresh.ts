import type { OrgContext, TenantContext } from '../../context';
import { withTenant } from '../../context';
import { DomainError } from '../../errors';
import { redact } from '../../secrets/redaction';
import { type Listing, readListing } from './listing';
import * as queries from './queries';
import { reconcile } from './reconcile';
import { toRemote } from './remote-tool';

const MAX_TOOLS = 1_000;
/** After which the list of a server's tools is read again, in the background. */
const STALE_MS = 3_600_000;
/** After which a server that was away is asked whether it is back. */
const AWAY_MS = 15_000;

/** Reads the tools of a server and notes what is new; how that ended is the server's state. */
export async function readTools(ctx: OrgContext, server: queries.StoredServer): Promise<void> {
  let listing: Listing;
  try {
    // A server may repeat what it was sent.
    listing = redact(ctx.org.id, await readListing(await toRemote(ctx, server)));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const stateMessage = redact(ctx.org.id, error.message);
    await withTenant(ctx, (tx) => queries.noteState(tx, server, { state: 'broken', stateMessage }));
    return;
  }
  await withTenant(ctx, async (tx) => {
    const now = await queries.lockServer(tx, server.id);
    // Somebody changed it meanwhile: what was read is of another address.
    if (!now || now.revision !== server.revision) return;
    const stored = await queries.selectTools(tx, server.id);
    const { added, changes, dropped } = reconcile(server.name, stored, listing.tools, now.readAt === null);
    if ((await queries.countTools(tx)) + added.length > MAX_TOOLS) {
      const stateMessage = `An organization has at most ${MAX_TOOLS} tools of MCP servers. Delete a server.`;
      await queries.noteState(tx, server, { state: 'broken', stateMessage });
      return;
    }
    if (dropped.length > 0) await queries.deleteTools(tx, dropped);
    if (added.length > 0) await queries.insertTools(tx, server.id, added);
    for (const change of changes) await queries.updateTool(tx, change);
    const { leftOut } = listing;
    const stateMessage = leftOut.length > 0 ? `Left out: ${leftOut.join('; ')}.`.slice(0, 2_000) : '';
    await queries.noteState(tx, server, { state: 'ok', stateMessage, isRead: true });
  });
}

/** Has the tools of these servers read again, once `tx` is over and nobody waits for it, when that is due. */
export function refreshDue(tx: TenantContext, servers: readonly queries.StoredServer[]): void {
  const { org, actor, permissions, request, log } = tx;
  const ctx = { org, actor, permissions, request, log };
  for (const server of new Map(servers.map((one) => [one.id, one])).values()) {
    const before = new Date(Date.now() - (server.state === 'broken' ? AWAY_MS : STALE_MS));
    if (server.checkedAt && server.checkedAt > before) continue;
    tx.afterCommit(() => {
      refresh(ctx, server, before).catch((err) => log.error({ err, server: server.id }, 'MCP server not refreshed'));
    });
  }
}

async function refresh(ctx: OrgContext, server: queries.StoredServer, before: Date): Promise<void> {
  if (await withTenant(ctx, (tx) => queries.claimCheck(tx, server.id, before))) await readTools(ctx, server);
}
