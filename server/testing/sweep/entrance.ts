import type { Permission } from '@/lib/permissions';
import type { Caller, Scene } from '../scene';

/** What came of a call: the status of HTTP on both sides, and what the caller got to read. */
export interface Outcome {
  status: number;
  body: unknown;
}

/** What an entrance is called with; of these, every id is swapped for one of somebody else. */
export type Input = Record<string, unknown>;

/** One way in, and what it takes to be let in. */
export interface Entrance {
  /** A procedure's path or a route's method and path, in brackets which case of it. */
  name: string;
  /** `public`: everybody; `person`: whoever is signed in, of any organization or none. */
  needs: readonly Permission[] | 'public' | 'person';
  /** A fresh valid input: things of the scene that were not touched yet. */
  input(scene: Scene, caller: Caller): Input | Promise<Input>;
  call(caller: Caller, input: Input): Promise<Outcome>;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The fields of an input that name something by id. */
export const idsOf = (input: Input): string[] => Object.keys(input).filter((field) => UUID.test(String(input[field])));
