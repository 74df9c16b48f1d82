import type { ImportedPartial } from '@/lib/contracts/agent-documents';
import { type AgentSpec, type FrozenSpec, MAX_INSTRUCTIONS_LENGTH } from '@/lib/contracts/agents';
import type { PageOf } from '@/lib/contracts/paging';
import {
  type ChangePartialInput,
  type CreatePartialInput,
  type ListPartialsInput,
  type ListPartialUsesInput,
  MAX_PARTIAL_LENGTH,
  type OfferedPartial,
  type PartialRef,
  type PartialSummary,
  type PartialTexts,
  type PartialUse,
  type PromptPartial,
} from '@/lib/contracts/partials';
import { expandPartials, explainProblem, includedNames, type PartialProblem } from '@/lib/partials';
import { recordAudit } from '../audit/service';
import { type OrgContext, requirePermission, seeingAll, type TenantContext, withTenant } from '../context';
import { Conflict, Invalid, LimitExceeded, NotFound, PreconditionFailed } from '../errors';
import * as queries from './queries';

const MAX_PARTIALS = 500;

export async function listPartials(ctx: OrgContext, input: ListPartialsInput): Promise<PageOf<PartialSummary>> {
  requirePermission(ctx, 'agents:read');
  return withTenant(ctx, (tx) => queries.selectPartials(tx, input));
}

/** The names of all of them, for whoever writes instructions. */
export async function listOfferedPartials(ctx: OrgContext): Promise<OfferedPartial[]> {
  requirePermission(ctx, 'agents:read');
  return withTenant(ctx, queries.selectOffered);
}

/** @throws NotFound */
export async function getPartial(ctx: OrgContext, { name }: PartialRef): Promise<PromptPartial> {
  requirePermission(ctx, 'agents:read');
  return withTenant(ctx, (tx) => queries.getPartial(tx, name));
}

/** The agents that have it, itself or by way of another partial. @throws NotFound */
export async function listPartialUses(ctx: OrgContext, input: ListPartialUsesInput): Promise<PageOf<PartialUse>> {
  requirePermission(ctx, 'agents:read');
  return withTenant(ctx, async (tx) => {
    const graph = await readGraph(tx);
    if (!graph.has(input.name)) throw new NotFound('partial');
    return queries.selectUses(tx, input, withIncluding(graph, [input.name]));
  });
}

/** @throws Conflict when the name is taken; Invalid when it would include itself, or for too much in one text. */
export async function createPartial(ctx: OrgContext, input: CreatePartialInput): Promise<PromptPartial> {
  requirePermission(ctx, 'agents:write');
  return withTenant(ctx, async (tx) => {
    await queries.lockPartials(tx);
    await requireRoom(tx, 1);
    if (!(await queries.insertPartial(tx, input))) throw taken(input.name);
    await requireSound(tx, input.name);
    const made = await queries.getPartial(tx, input.name);
    await audit(tx, 'create', made.id, { after: shown(made) });
    return made;
  });
}

/**
 * Changes what drafts include; what is published keeps the text that it was published with.
 * @throws NotFound; Conflict when somebody saved it after `input.revision` or the new name is taken; Invalid as in `createPartial`.
 */
export async function changePartial(ctx: OrgContext, input: ChangePartialInput): Promise<PromptPartial> {
  requirePermission(ctx, 'agents:write');
  const { name, newName = name } = input;
  return withTenant(ctx, async (tx) => {
    await queries.lockPartials(tx);
    const before = await queries.getPartial(tx, name);
    if (newName !== name && (await readGraph(tx)).has(newName)) throw taken(newName);
    if (!(await queries.updatePartial(tx, input))) {
      throw new Conflict('Somebody saved this partial after you opened it. Nothing of yours was written: reload it.');
    }
    const renamed = newName === name ? {} : await rename(tx, name, newName);
    await requireSound(tx, newName);
    const after = await queries.getPartial(tx, newName);
    await audit(tx, 'change', after.id, { before: shown(before), after: { ...shown(after), ...renamed } });
    return after;
  });
}

/** What is published has a copy and goes on. @throws NotFound; PreconditionFailed while something includes it, naming what. */
export async function deletePartial(ctx: OrgContext, { name }: PartialRef): Promise<void> {
  requirePermission(ctx, 'agents:write');
  await withTenant(ctx, async (tx) => {
    await queries.lockPartials(tx);
    const before = await queries.getPartial(tx, name);
    const drafts = await queries.selectDraftsWith(tx, name, MAX_NAMED + 1);
    const isHidden =
      drafts.length === 0 && (await seeingAll(tx, (all) => queries.selectDraftsWith(all, name, 1))).length > 0;
    const users = [
      ...before.includedBy.map((partial) => `the partial ${partial}`),
      ...drafts,
      ...(isHidden ? ['a private agent of somebody else'] : []),
    ];
    if (users.length > 0) {
      const more = users.length > MAX_NAMED ? ' and more' : '';
      throw new PreconditionFailed(
        `It is included by ${users.slice(0, MAX_NAMED).join(', ')}${more}. Take {{> ${name}}} out there first.`,
      );
    }
    await queries.deletePartial(tx, name);
    await audit(tx, 'delete', before.id, { before: shown(before) });
  });
}

const MAX_NAMED = 5;

/** What a spec includes, as it is now; names that are not there are left out. */
export async function findTexts(tx: TenantContext, { instructions }: AgentSpec): Promise<PartialTexts> {
  const names = includedNames(instructions);
  return names.length === 0 ? {} : queries.selectTexts(tx, names);
}

/** A spec with the partials it includes, where there are any. */
export const withTexts = (spec: AgentSpec, partials: PartialTexts): FrozenSpec =>
  Object.keys(partials).length === 0 ? spec : { ...spec, partials };

/** The spec with its partials as they are now. @throws Invalid for a name that is not there, or for too much */
export async function freezePartials(tx: TenantContext, spec: AgentSpec): Promise<FrozenSpec> {
  const partials = await findTexts(tx, spec);
  const expanded = expandPartials(spec.instructions, partials);
  if (!('reason' in expanded)) return withTexts(spec, partials);
  const { reason, path } = expanded;
  throw new Invalid(explainProblem(expanded, 'the instructions'), {
    fields: { 'spec.instructions': `${path.at(-1) ?? 'instructions'} ${reason}` },
  });
}

/** What partials of a file would become, beside those that documents before it bring. Those that are here stay as they are. */
export async function planPartials(
  tx: TenantContext,
  { instructions, partials: given = {} }: FrozenSpec,
  planned: PartialTexts,
): Promise<{ partials: ImportedPartial[]; added: PartialTexts; missing: string[]; problem?: string }> {
  const names = [instructions, ...Object.values({ ...planned, ...given })].flatMap(includedNames);
  if (names.length === 0 && Object.keys(given).length === 0) return { partials: [], added: {}, missing: [] };
  const here = { ...(await queries.selectTexts(tx, [...names, ...Object.keys(given)])), ...planned };
  const isHere = (name: string) => Object.hasOwn(here, name);
  const added = Object.fromEntries(Object.entries(given).filter(([name]) => !isHere(name)));
  const partials = Object.entries(given).map(([name, text]): ImportedPartial => {
    if (!isHere(name)) return { name, action: 'create' };
    return { name, action: here[name] === text ? 'unchanged' : 'kept' };
  });
  const problem = await findProblem(tx, Object.keys(added), { ...planned, ...added });
  return {
    ...{ partials, added, missing: missingIn(instructions, { ...here, ...added }) },
    ...(problem && { problem: explainProblem(problem, problem.path[0] ?? '') }),
  };
}

/** The names a text includes at any depth that have no text. */
function missingIn(text: string, texts: PartialTexts): string[] {
  const found = new Set(includedNames(text));
  const textOf = (name: string) => (Object.hasOwn(texts, name) ? texts[name] : undefined);
  for (const name of found) for (const next of includedNames(textOf(name) ?? '')) found.add(next);
  return [...found].filter((name) => textOf(name) === undefined);
}

/** Makes the partials that were planned. */
export async function addPartials(tx: TenantContext, planned: PartialTexts): Promise<void> {
  const names = Object.keys(planned);
  if (names.length === 0) return;
  await requireRoom(tx, names.length);
  for (const [name, text] of Object.entries(planned)) {
    if (!(await queries.insertPartial(tx, { name, description: '', text }))) throw taken(name);
    const { id } = await queries.getPartial(tx, name);
    await audit(tx, 'import', id, { after: { name, text } });
  }
}

export const lockPartials = queries.lockPartials;

async function rename(tx: TenantContext, from: string, to: string): Promise<{ drafts: number }> {
  const { drafts, texts } = await seeingAll(tx, (all) => queries.replaceIncludes(all, from, to));
  const tooLong =
    texts.find(({ length }) => length > MAX_PARTIAL_LENGTH)?.name ??
    // Without its name: it may be private.
    (drafts.some((length) => length > MAX_INSTRUCTIONS_LENGTH) ? 'an agent' : undefined);
  if (tooLong) {
    throw new PreconditionFailed(`With the longer name ${tooLong} would be too long. Choose a shorter one.`);
  }
  return { drafts: drafts.length };
}

type Graph = ReadonlyMap<string, readonly string[]>;

const readGraph = async (tx: TenantContext): Promise<Graph> =>
  new Map((await queries.selectGraph(tx)).map(({ name, includes }) => [name, includes]));

/** These, and whatever includes them at any depth. */
function withIncluding(graph: Graph, names: readonly string[]): string[] {
  const found = new Set(names);
  for (const name of found) {
    for (const [other, includes] of graph) if (includes.includes(name)) found.add(other);
  }
  return [...found];
}

/** What is wrong with one of these, or with what includes them; a name that is not there yet is no matter. */
async function findProblem(
  tx: TenantContext,
  names: readonly string[],
  added: PartialTexts = {},
): Promise<PartialProblem | undefined> {
  if (names.length === 0) return undefined;
  const extra = Object.entries(added).map(([name, text]) => [name, includedNames(text)] as const);
  const graph = new Map([...(await readGraph(tx)), ...extra]);
  const touched = withIncluding(graph, names);
  const included = touched.flatMap((name) => [name, ...(graph.get(name) ?? [])]);
  const texts = { ...(await queries.selectTexts(tx, included)), ...added };
  const blanks = Object.values(texts).flatMap((text) => includedNames(text).map((name) => [name, ''] as const));
  const all = Object.fromEntries([...blanks, ...Object.entries(texts)]);
  for (const name of touched) {
    const expanded = expandPartials(`{{> ${name}}}`, all);
    if ('reason' in expanded) return expanded;
  }
  return undefined;
}

/** @throws Invalid */
async function requireSound(tx: TenantContext, name: string): Promise<void> {
  const problem = await findProblem(tx, [name]);
  if (!problem) return;
  throw new Invalid(explainProblem(problem, name), { fields: { text: problem.reason } });
}

async function requireRoom(tx: TenantContext, more: number): Promise<void> {
  if ((await queries.countPartials(tx)) + more <= MAX_PARTIALS) return;
  throw new LimitExceeded(`An organization has at most ${MAX_PARTIALS} partials. Delete one that nothing includes.`);
}

const taken = (name: string) => new Conflict(`There is a partial ${name} already. Choose another name.`);

const shown = ({ name, description, text }: PromptPartial) => ({ name, description, text });

const audit = (
  tx: TenantContext,
  verb: string,
  resourceId: string,
  change: Pick<Parameters<typeof recordAudit>[1], 'before' | 'after'>,
) => recordAudit(tx, { action: `partial.${verb}`, resourceType: 'partial', resourceId, ...change });
