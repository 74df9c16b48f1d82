import { newId } from '@/db/columns';
import { ROLE_PERMISSIONS, ROLES } from '@/lib/permissions';
import { removeMember } from '../../organizations/service';
import { changedTables, countDenied, fingerprint } from '../fingerprint';
import { type Caller, makeScene, type Scene } from '../scene';
import { type Entrance, type Input, idsOf, type Outcome } from './entrance';

/** The organization that is attacked, and somebody who owns another one. */
export interface Sides {
  victim: Scene;
  /** What a member of `victim` could call the entrance with; nobody has yet. */
  theirs: Input;
  stranger: Scene;
  /** A member of `stranger` with every right there. */
  attacker: Caller;
}

/** One stranger attacks them all. */
let strangers: Promise<Pick<Sides, 'stranger' | 'attacker'>> | undefined;
const makeStranger = async () => {
  const stranger = await makeScene();
  return { stranger, attacker: await stranger.as('org_owner') };
};

async function makeSides(entrance: Entrance): Promise<Sides> {
  strangers ??= makeStranger();
  const victim = await makeScene();
  return { ...(await strangers), victim, theirs: await entrance.input(victim, await victim.as('org_owner')) };
}

export type Check = (entrance: Entrance, sides: Sides) => Promise<string[]>;

/** Everything the checks find wrong with an entrance, in sentences. The victim is made for it. */
export async function entranceFaults(entrance: Entrance, checks: readonly Check[]): Promise<string[]> {
  const sides = await makeSides(entrance);
  const faults: string[] = [];
  for (const check of checks) faults.push(...(await check(entrance, sides)));
  return faults.map((fault) => `${entrance.name}: ${fault}`);
}

/** Calls, and says when the victim is not as before or the answer tells of it. */
export async function attack(entrance: Entrance, victim: Scene, caller: Caller, input: Input) {
  const before = await fingerprint(victim.owner.org.id);
  const outcome = await entrance.call(caller, input);
  const changed = changedTables(before, await fingerprint(victim.owner.org.id));
  const told = JSON.stringify(outcome.body) ?? '';
  const leaks = [victim.marker, victim.owner.org.id].some((secret) => told.includes(secret));
  const faults = [
    ...(changed.length > 0 ? [`changed ${changed.join(', ')}`] : []),
    ...(outcome.status >= 500 ? [`answers ${outcome.status}: ${told}`] : []),
  ];
  return { outcome, faults, leaks };
}

export const unless = (allowed: boolean, fault: string): string[] => (allowed ? [] : [fault]);
const isPublic = ({ needs }: Entrance): boolean => needs === 'public';
const isPersonal = ({ needs }: Entrance): boolean => needs === 'person';

/** Nobody signed in, no key. */
export const checkNobody: Check = async (entrance, { victim, theirs }) => {
  if (isPublic(entrance)) return [];
  const nobody: Caller = { org: victim.owner.org.slug, session: null, token: null };
  const { outcome, faults } = await attack(entrance, victim, nobody, theirs);
  return [...faults, ...unless(outcome.status === 401, `nobody signed in gets ${outcome.status}`)];
};

/** Procedures only: somebody else's member who names the victim's organization, and a member who was removed. */
export const checkOutsiders: Check = async (entrance, { victim, theirs, attacker }) => {
  if (isPublic(entrance) || isPersonal(entrance)) return [];
  const org = victim.owner.org.slug;
  const removed = await victim.as('org_owner');
  await removeMember(victim.owner, { userId: removed.session?.user.id ?? '' });
  const missing = await entrance.call({ ...attacker, org: `no-${newId()}` }, theirs);
  const faults: string[] = [];
  for (const [who, caller] of Object.entries({ stranger: { ...attacker, org }, 'removed member': removed })) {
    const foreign = await attack(entrance, victim, caller, theirs);
    faults.push(
      ...foreign.faults,
      ...unless(foreign.outcome.status === 404, `a ${who} gets ${foreign.outcome.status}`),
      ...unless(isSame(foreign.outcome, missing), `a ${who} can tell the organization from a missing one`),
    );
  }
  return faults;
};

/** The attacker's own organization with ids of the victim, one at a time and all at once. */
export const checkForeignIds: Check = async (entrance, { victim, theirs, stranger, attacker }) => {
  const faults: string[] = [];
  const ids = idsOf(theirs);
  for (const swapped of ids.length > 1 ? [...ids.map((id) => [id]), ids] : [ids]) {
    const replace = async (value: (id: string) => unknown): Promise<Input> => ({
      ...(await entrance.input(stranger, attacker)),
      ...Object.fromEntries(swapped.map((id) => [id, value(id)])),
    });
    const foreign = await attack(entrance, victim, attacker, await replace((id) => theirs[id]));
    faults.push(...foreign.faults, ...unless(!foreign.leaks, `tells the victim's rows by ${swapped.join()}`));
    if (swapped.length === 0 || entrance.needs === 'public') continue;
    const missing = await entrance.call(
      attacker,
      await replace((id) => (Array.isArray(theirs[id]) ? [newId()] : newId())),
    );
    faults.push(...unless(isSame(foreign.outcome, missing), `a foreign ${swapped.join()} is told from a missing one`));
  }
  return faults;
};

/** Each role in its own organization: let in exactly when the table of permissions says so. */
export const checkRoles: Check = async (entrance, { victim, theirs }) => {
  const faults: string[] = [];
  if (!Array.isArray(entrance.needs)) return faults;
  const needed: readonly string[] = entrance.needs;
  for (const role of ROLES) {
    const caller = await victim.as(role);
    if (needed.every((permission) => ROLE_PERMISSIONS[role].some((granted) => granted === permission))) {
      const { status, body } = await entrance.call(caller, await entrance.input(victim, caller));
      faults.push(...unless(status < 300, `${role} gets ${status} ${JSON.stringify(body)}`));
      continue;
    }
    const denied = await countDenied(victim.owner.org.id);
    const { outcome, faults: seen } = await attack(entrance, victim, caller, theirs);
    const noted = (await countDenied(victim.owner.org.id)) - denied;
    faults.push(
      ...seen,
      ...unless(outcome.status === 403, `${role} gets ${outcome.status}`),
      ...unless(outcome.status !== 403 || noted === 1, `that ${role} was refused is noted ${noted} times`),
    );
  }
  return faults;
};

/** The same but for what names the thing asked for. */
const isSame = (a: Outcome, b: Outcome): boolean =>
  a.status === b.status && (a.status < 400 || JSON.stringify(a.body) === JSON.stringify(b.body));
