import { beforeAll, expect, test } from 'vitest';
import { makeOperator } from './operator/service';
import { changedTables, fingerprint } from './testing/fingerprint';
import { mutate, ODD, UNSTORABLE } from './testing/mutants';
import { makeScene } from './testing/scene';
import { setSilentRunner } from './testing/silent-runner';
import { procedureEntrances } from './testing/sweep/procedures';
import { routeEntrances } from './testing/sweep/routes';

beforeAll(setSilentRunner);

/** Every procedure and route, once; what is in brackets are more cases of one. */
const entrances = [...procedureEntrances, ...(await routeEntrances())].filter(({ name }) => !name.includes('('));
const isText = (value: unknown): boolean => typeof value === 'string';

test.each(entrances)(
  '$name refuses what no field can hold, changes nothing then, and never fails',
  async (entrance) => {
    const scene = await makeScene();
    const caller = await scene.as('org_owner');
    // For everybody else what is the operator's is not there, whatever they send.
    if (caller.session && entrance.name.startsWith('operator.')) await makeOperator(caller.session.user.id);
    const input = await entrance.input(scene, caller);
    let before = await fingerprint(scene.owner.org.id);
    for (const value of UNSTORABLE) {
      for (const { field, input: bad } of mutate(input, value, isText)) {
        const { status, body } = await entrance.call(caller, bad);
        expect([field, value, status, body]).toEqual([field, value, 400, expect.anything()]);
      }
    }
    expect(changedTables(before, await fingerprint(scene.owner.org.id))).toEqual([]);

    for (const value of ODD) {
      for (const { field, input: odd } of mutate(input, value)) {
        const { status, body } = await entrance.call(caller, odd);
        const after = await fingerprint(scene.owner.org.id);
        const changed = status < 400 ? [] : changedTables(before, after);
        expect([field, value, status < 500 ? 'fine' : body, changed]).toEqual([field, value, 'fine', []]);
        before = after;
      }
    }
  },
);
