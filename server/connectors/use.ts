import type { AgentConnector, ConnectorAccess, ConnectorKind } from '@/lib/contracts/connectors';
import { type OrgContext, requirePermission, withTenant } from '../context';
import { Forbidden, Invalid, PreconditionFailed, Upstream } from '../errors';
import { redact } from '../secrets/redaction';
import { openStored } from './credentials';
import type { Opened } from './opened';
import * as queries from './queries';

/** A connector that failed is left alone for this long; whoever asks meanwhile is told why at once. */
const REST_MS = 15_000;

interface Caller {
  ctx: OrgContext;
  /** The frozen spec of a run; a person who tries a tool has none, and names connectors by their own names. */
  spec?: { connectors?: readonly AgentConnector[] };
}

/**
 * Runs `work` with a connector the agent was given. What stops the connector altogether is noted on it, and what works
 * again too.
 * @throws Invalid for an alias that the agent does not have, Forbidden for more than it was given.
 */
export async function useConnector<K extends ConnectorKind, T>(
  { ctx, spec }: Caller,
  wanted: { alias: string | undefined; kinds: readonly K[]; access: ConnectorAccess },
  work: (opened: { [P in K]: Opened<P> }[K]) => Promise<T>,
): Promise<T> {
  const { id, state, opened } = await withTenant(ctx, async (tx) => {
    const names = spec ? (spec.connectors ?? []) : await asOwn(ctx, tx);
    const known = new Map((await queries.selectNames(tx)).map((row) => [row.name, row.kind]));
    const fitting = names.filter(({ connector }) => wanted.kinds.some((kind) => kind === known.get(connector)));
    const given = choose(fitting, names, wanted.alias);
    const stored = await queries.findNamed(tx, given.connector);
    if (!stored) throw new PreconditionFailed(`The connector ${given.connector} is gone. Take it out of the agent.`);
    if (wanted.access === 'write' && !(given.access === 'write' && stored.access === 'write')) {
      throw new Forbidden(`${given.alias} may only be read.`);
    }
    const rested = stored.stateAt && Date.now() - stored.stateAt.getTime() > REST_MS;
    if (stored.state === 'broken' && !rested) throw outOfOrder(given.alias, stored.stateMessage);
    return { id: stored.id, state: stored.state, opened: await openStored(tx, stored) };
  });
  try {
    // Its kind is one of those wanted: `choose` took it from `fitting`.
    const result = await work(opened as { [P in K]: Opened<P> }[K]);
    if (state !== 'ok') await note(ctx, id, 'ok', 'Answers.');
    return result;
  } catch (error) {
    if (!(error instanceof Upstream)) throw error;
    await note(ctx, id, 'broken', redact(ctx.org.id, error.message));
    throw outOfOrder(opened.name, error.message);
  }
}

function choose(
  fitting: readonly AgentConnector[],
  all: readonly AgentConnector[],
  alias: string | undefined,
): AgentConnector {
  const found = alias === undefined ? fitting : fitting.filter((one) => one.alias === alias);
  const [only, ...others] = found;
  if (only && others.length === 0) return only;
  const names = fitting.map((one) => one.alias).join(', ');
  if (alias !== undefined && all.some((one) => one.alias === alias)) {
    throw new Invalid(
      `${alias} is nothing that this tool works with. ${names ? `It works with ${names}.` : ''}`.trim(),
    );
  }
  if (names) throw new Invalid(`Say which connection is meant: ${names}.`);
  throw new PreconditionFailed('The agent has no connector for this tool. Add one under Connectors.');
}

/** Every connector of the organization under its own name, for who may change them all. */
async function asOwn(ctx: OrgContext, tx: Parameters<typeof queries.selectNames>[0]): Promise<AgentConnector[]> {
  requirePermission(ctx, 'connectors:write');
  return (await queries.selectNames(tx)).map(({ name, access }) => ({ connector: name, alias: name, access }));
}

const note = (ctx: OrgContext, id: string, state: 'ok' | 'broken', stateMessage: string): Promise<void> =>
  withTenant(ctx, (tx) => queries.updateState(tx, id, { state, stateMessage }));

const outOfOrder = (name: string, reason: string) => new PreconditionFailed(`${name} cannot be used now: ${reason}`);
