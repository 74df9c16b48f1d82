import { newId } from '@/db/columns';
import type { AgentSpec } from '@/lib/contracts/agents';
import type {
  AnswerProblem,
  AnswerStatus,
  Said,
  SayInput,
  VisitedAgent,
  VisitorConversation,
  VisitorTurn,
} from '@/lib/contracts/public-links';
import type { RunErrorCode, RunStatus } from '@/lib/contracts/runs';
import { VISITOR_PERMISSIONS } from '@/lib/permissions';
import { resolveSpec } from '../agents/service';
import { networkOf, type Pace, takeTry, throttleKey } from '../auth/throttle';
import { asSystem, type OrgContext, type RequestInfo, withTenant } from '../context';
import { BudgetExceeded, LimitExceeded, NotFound, PreconditionFailed } from '../errors';
import { log } from '../log';
import { cancelRun, orRefused, recordRun, requireDeclared } from '../runs/service';
import * as queries from './queries';
import { hashOf, openSeal, orgOf, sealVisitor } from './token';

/**
 * What somebody without an account does at a public link. Whatever they may not see is not there: a link that never was, was
 * turned off or is over, a run of somebody else.
 */

/** Messages from one network at one link: an office may share it. */
const NETWORK_PACE: Pace = { free: 60, firstPauseSeconds: 2, maxPauseSeconds: 60, forgetSeconds: 3600 };
/** Those of everybody at one link. */
const LINK_PACE: Pace = { free: 2_000, firstPauseSeconds: 1, maxPauseSeconds: 10, forgetSeconds: 3600 };

/** Whoever asks, at an open link. */
export interface Visit {
  token: string;
  /** Of the cookie. */
  sealed: string | undefined;
  request: RequestInfo;
}

interface OpenVisit {
  ctx: OrgContext;
  link: NonNullable<Awaited<ReturnType<typeof queries.findOpenLink>>>;
  /** Undefined for a browser that has said nothing yet. */
  visitorId: string | undefined;
}

const gone = () => new NotFound('page');

/** @throws NotFound */
async function open({ token, sealed, request }: Visit): Promise<OpenVisit> {
  const orgId = orgOf(token);
  if (!orgId) throw gone();
  const org = { id: orgId, slug: '', name: '' };
  const bound = { org, permissions: [], request, log: log.child({ org: orgId, request: request.id }) };
  const link = await withTenant({ ...bound, actor: { type: 'system', id: 'public-link' } }, (tx) =>
    queries.findOpenLink(tx, hashOf(token)),
  );
  if (!link) throw gone();
  const actor = { type: 'link', id: link.id, agentId: link.agentId } as const;
  const ctx = { ...bound, org: { ...org, name: link.organization }, actor, permissions: VISITOR_PERMISSIONS };
  return { ctx, link, visitorId: openSeal(link.id, sealed) };
}

/** What the page of a link shows before anything is said. @throws NotFound */
export async function openPage(token: string, request: RequestInfo): Promise<VisitedAgent> {
  const { link } = await open({ token, sealed: undefined, request });
  const { name, description, organization, spec } = link;
  return {
    name,
    description,
    organization,
    starterPrompts: spec.starterPrompts.filter((prompt) => prompt.trim()),
    variables: spec.variables.map(shownVariable),
  };
}

/** Without its default: that may be meant for members only. */
const shownVariable = ({ name, description, type, choices, required, default: otherwise }: Variable) => ({
  name,
  description,
  type,
  choices,
  required: required === true && !otherwise.trim(),
});
type Variable = AgentSpec['variables'][number];

/**
 * Asks the agent something, in a conversation of one's own.
 * @returns also what the browser keeps of who it is.
 * @throws NotFound for the link or the conversation; LimitExceeded when visitors have to wait; Invalid for variables;
 * Conflict while the agent still answers.
 */
export async function say(visit: Visit, input: SayInput): Promise<Said & { sealed: string }> {
  const { ctx, link, visitorId = newId() } = await open(visit);
  await requirePace(link.id, visit.request);
  const visitor = { linkId: link.id, visitorId };
  const runId = newId();
  const conversationId = input.conversationId ?? runId;
  const { agentId } = link;
  await orRefused(ctx, async (tx) => {
    if (!(await queries.lockOpenLink(tx, link.id, hashOf(visit.token)))) throw gone();
    if (input.conversationId && !(await queries.hasRun(tx, visitor, conversationId)))
      throw new NotFound('conversation');
    requireRoom(link, await queries.countHour(tx, link.id), input.conversationId === undefined);
    const resolved = await resolveSpec(tx, agentId, undefined);
    requireDeclared(resolved.spec, input.variables);
    const run = { id: runId, agentId, conversationId, trigger: 'link', input: input.input } as const;
    await recordRun(tx, { ...run, variables: input.variables, ...resolved }, {});
    await queries.insertMessage(tx, { ...visitor, runId, conversationId });
  }).catch(politely);
  return { runId, conversationId, sealed: sealVisitor(link.id, visitorId) };
}

async function requirePace(linkId: string, { ip }: RequestInfo): Promise<void> {
  const wait = await asSystem(
    async (db) =>
      (await takeTry(db, throttleKey('visitor', `${linkId} ${networkOf(ip)}`), NETWORK_PACE)) ||
      (await takeTry(db, throttleKey('visitors', linkId), LINK_PACE)),
  );
  if (wait > 0) throw new LimitExceeded(`That was a lot at once. Wait ${wait} seconds and send it again.`, wait);
}

const EXHAUSTED = 'This page has answered as much as it may for now. Come back later.';

type Limits = Pick<OpenVisit['link'], 'conversationsPerHour' | 'messagesPerHour'>;

function requireRoom(
  { conversationsPerHour, messagesPerHour }: Limits,
  begun: { conversations: number; messages: number },
  isNew: boolean,
): void {
  const isFull = (most: number | null, count: number) => most !== null && count >= most;
  if (isFull(messagesPerHour, begun.messages) || (isNew && isFull(conversationsPerHour, begun.conversations))) {
    throw new LimitExceeded(EXHAUSTED, 300);
  }
}

/** Budgets and states of the agent are the organization's business. */
function politely(error: unknown): never {
  if (error instanceof BudgetExceeded) throw new LimitExceeded(EXHAUSTED, 3600);
  if (error instanceof PreconditionFailed) throw gone();
  throw error;
}

/** @throws NotFound */
async function openOwn(visit: Visit): Promise<OpenVisit & { visitor: queries.Visitor | undefined }> {
  const opened = await open(visit);
  const { visitorId, link } = opened;
  return { ...opened, visitor: visitorId === undefined ? undefined : { linkId: link.id, visitorId } };
}

/** The conversations of this browser, the newest first. @throws NotFound */
export async function listConversations(visit: Visit): Promise<VisitorConversation[]> {
  const { ctx, visitor } = await openOwn(visit);
  return visitor ? withTenant(ctx, (tx) => queries.selectConversations(tx, visitor)) : [];
}

/** What was said in a conversation of this browser. @throws NotFound */
export async function readConversation(visit: Visit, conversationId: string): Promise<VisitorTurn[]> {
  const { ctx, visitor } = await openOwn(visit);
  const rows = visitor ? await withTenant(ctx, (tx) => queries.selectTurns(tx, visitor, conversationId)) : [];
  if (rows.length === 0) throw new NotFound('conversation');
  return rows.toReversed().map(({ runId, input, ...run }) => ({ runId, input, ...answerOf(run) }));
}

/** The context in which a visitor's own run is watched, and nothing else. @throws NotFound */
export async function requireOwnRun(visit: Visit, runId: string): Promise<OrgContext> {
  const { ctx, visitor } = await openOwn(visit);
  const isOwn = visitor && (await withTenant(ctx, (tx) => queries.hasRun(tx, visitor, runId)));
  if (!isOwn) throw new NotFound('answer');
  return { ...ctx, permissions: ['runs:read'] };
}

/** Stops an answer under way. @throws NotFound; PreconditionFailed when it is over. */
export async function stopAnswer(visit: Visit, runId: string): Promise<void> {
  const ctx = await requireOwnRun(visit, runId);
  await cancelRun({ ...ctx, permissions: ['runs:cancel'] }, { runId });
}

const STATUS: Record<RunStatus, AnswerStatus> = {
  queued: 'working',
  running: 'working',
  waiting: 'waiting',
  completed: 'answered',
  failed: 'failed',
  cancelled: 'stopped',
};
const PROBLEM: Partial<Record<RunErrorCode, AnswerProblem>> = {
  guardrail_blocked: 'refused',
  budget_exceeded: 'exhausted',
  limit_cost: 'exhausted',
};

/** How far a run is, in what a visitor may know of it. */
export const answerOf = ({
  status,
  errorCode,
  output,
}: {
  status: RunStatus;
  errorCode: RunErrorCode | null;
  output: string | null;
}) => ({
  status: STATUS[status],
  answer: output,
  problem: status === 'failed' ? ((errorCode && PROBLEM[errorCode]) ?? 'broken') : null,
});
