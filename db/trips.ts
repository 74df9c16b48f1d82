import { LRUCache } from 'lru-cache';
import { type Lanes, lanes } from '@/lib/lanes';
import { isEmbedded } from './client';
import { Lease, type Query } from './lease';

/** The same statement, to be sent once more. */
function again(query: Query): Query {
  const Statement = query.constructor as new (...given: unknown[]) => Query;
  return new Statement(query.strings, query.args, query.handler, query.canceller, query.options);
}

/** A transaction of one statement, on its way with others. */
interface Passenger {
  /** Its BEGIN. */
  text: string;
  query: Query;
  order: string | undefined;
}

/** How many travel on one connection at most, as one transaction and each as its own: a lock that one waits for, all wait for. */
const SEATS = { together: 32, apart: 8 };

/**
 * How many of an organization that are not full are on their way at once. With more of them each carries less, and PostgreSQL's
 * processes, where they share the machine with this one, take turns with it: a run costs a tenth more.
 */
const TRIPS_AT_ONCE = 2;

/** One that waits longer than this for a lock holds up the others: each is sent by itself then. */
const LOCK_PATIENCE = `set local lock_timeout = '100ms'`;

interface Trip {
  passengers: Passenger[];
  /** A connection is taken for it. */
  isLeaving?: true;
}

/** Trips that have not begun yet, by how and for which organization: none of them waits for another organization's. */
const boarding = new Map<string, Trip>();

const ways = new LRUCache<string, Lanes>({ max: 1_000, memoMethod: () => lanes(TRIPS_AT_ONCE) });

/**
 * Takes along a transaction of one statement. Those of an organization that begin in the same moment, or while two others
 * are on their way, share a connection: PostgreSQL is woken once for all of them. What is full waits for no other.
 */
export function board(org: string, passenger: Passenger): void {
  const way = passenger.order === undefined ? 'apart' : 'together';
  const key = `${way} ${org}`;
  const near = boarding.get(key);
  if (near && near.passengers.length < SEATS[way]) {
    near.passengers.push(passenger);
    if (near.passengers.length === SEATS[way]) void depart(near, key);
    return;
  }
  const trip: Trip = { passengers: [passenger] };
  boarding.set(key, trip);
  ways.memo(org)(() => depart(trip, key));
}

/** Unless it is leaving already. */
async function depart(trip: Trip, key: string): Promise<void> {
  if (trip.isLeaving) return;
  trip.isLeaving = true;
  const leave = () => {
    if (boarding.get(key) === trip) boarding.delete(key);
  };
  try {
    const lease = await new Lease().ready;
    // What is sent in this turn of the event loop is written at its end.
    await new Promise((turn) => setImmediate(turn));
    leave();
    await travel(lease, trip.passengers);
  } catch (error) {
    leave();
    reject(trip.passengers, error as Error);
  }
}

/** Those that may be one transaction, in the order of their locks; every other by itself. */
function groupsOf(passengers: readonly Passenger[]): Passenger[][] {
  const groups = Map.groupBy(passengers, (passenger) => (passenger.order === undefined ? passenger : passenger.text));
  const byOrder = (a: Passenger, b: Passenger) => ((a.order ?? '') < (b.order ?? '') ? -1 : 1);
  return [...groups.values()].map((group) => group.sort(byOrder));
}

async function travel(lease: Lease, passengers: readonly Passenger[]): Promise<void> {
  const groups = groupsOf(passengers).map((group) => carry(lease, group));
  const isSent = groups.flatMap(({ sent }) => sent).every(({ state }) => state != null);
  // The embedded database has one connection: the next transaction is sent behind these instead of waiting for their end.
  // What postgres.js still holds back, until a statement is prepared, would be lost with the connection.
  if (isEmbedded && isSent) lease.giveBack();
  const left = (await Promise.all(groups.map(({ left }) => left))).flat();
  lease.giveBack();
  await Promise.all(left.map(travelAlone));
}

/**
 * Sends transactions as one.
 * @returns those to be sent by themselves: something of it has failed, and nothing of it has happened
 */
function carry(lease: Lease, group: readonly Passenger[]): { sent: Query[]; left: Promise<readonly Passenger[]> } {
  const lost = Promise.withResolvers<Error>();
  const queries = group.map(({ query }) => again(query));
  const [{ text = '' } = {}] = group;
  const begin = lease.begin(group.length > 1 ? `${text}; ${LOCK_PATIENCE}` : text, queries, lost.resolve);
  const sent = [begin, ...queries, lease.commit()];
  const left = async () => {
    // All of them: a connection given back before would take what is left of this to whoever is next.
    const outcome = await Promise.race([Promise.allSettled(sent), lost.promise]);
    if (outcome instanceof Error) return reject(group, outcome);
    const problem = outcome.find((one) => one.status === 'rejected');
    // Without an answer to COMMIT, all of it may have happened.
    const isOver = outcome.at(-1)?.status === 'fulfilled';
    if (problem) return isOver && group.length > 1 ? group : reject(group, problem.reason);
    for (const [at, { query }] of group.entries()) query.resolve(await queries[at]);
    return [];
  };
  return { sent, left: left() };
}

function reject(passengers: readonly Passenger[], error: Error): [] {
  for (const { query } of passengers) query.reject(error);
  return [];
}

async function travelAlone(passenger: Passenger): Promise<void> {
  try {
    const lease = await new Lease().ready;
    await carry(lease, [passenger]).left;
    lease.giveBack();
  } catch (error) {
    reject([passenger], error as Error);
  }
}
