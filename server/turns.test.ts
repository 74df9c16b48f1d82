import { expect, test } from 'vitest';
import { Turns } from './turns';

const never = { orgId: 'a', signal: new AbortController().signal };
const OURS = 'Too many things of your organization wait at this moment. Try again shortly.';

test('so many work at once, the others in their order, and more are refused', async () => {
  const turns = new Turns({ atOnce: 2, maxWaiting: 2, maxWaitingInAll: 9, what: 'things' });
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const start = (n: number) =>
    turns.take(never, () => {
      begun.push(n);
      return new Promise<void>((end) => ends.push(end));
    });
  const work = [start(1), start(2), start(3), start(4)];
  await expect(start(5)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', message: OURS });
  expect(begun).toEqual([1, 2]);
  ends[0]?.();
  await work[0];
  await expect.poll(() => begun).toEqual([1, 2, 3]);
  ends[1]?.();
  await expect.poll(() => begun).toEqual([1, 2, 3, 4]);
  for (const end of ends) end();
  await Promise.all(work);
});

test('who leaves, and who fails, gives the turn to the next', async () => {
  const turns = new Turns({ atOnce: 1, maxWaiting: 3, maxWaitingInAll: 9, what: 'things' });
  let fail = (_: Error): void => {};
  const failing = turns.take(never, () => new Promise((_, reject) => (fail = reject)));
  const left = new AbortController();
  const leaving = turns.take({ ...never, signal: left.signal }, async () => 'left');
  const next = turns.take(never, async () => 'next');
  left.abort(new Error('gone'));
  await expect(leaving).rejects.toThrow('gone');
  fail(new Error('broken'));
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('next');
  await expect(turns.take({ ...never, signal: left.signal }, async () => 'late')).rejects.toThrow('gone');
  expect(await turns.take(never, async () => 'free again')).toBe('free again');
});

test("one organization with much work keeps nobody waiting for longer than a piece of it, and fills nobody's queue", async () => {
  const turns = new Turns({ atOnce: 2, maxWaiting: 3, maxWaitingInAll: 9, what: 'things' });
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const start = (orgId: string) =>
    turns.take({ ...never, orgId }, () => {
      begun.push(orgId);
      return new Promise<void>((end) => ends.push(end));
    });
  const work = Array.from({ length: 5 }, () => start('much'));
  await expect(start('much')).rejects.toThrow(OURS);
  work.push(start('late'), start('late'), start('later'));
  for (let ended = 0; ended < work.length; ended += 1) {
    await expect.poll(() => ends.length).toBeGreaterThan(ended);
    ends[ended]?.();
  }
  await Promise.all(work);
  expect(begun).toEqual(['much', 'much', 'late', 'much', 'later', 'late', 'much', 'much']);
});

test('of all organizations together no more wait than there is room for', async () => {
  const turns = new Turns({ atOnce: 1, maxWaiting: 2, maxWaitingInAll: 3, what: 'things' });
  let end = (): void => {};
  const work = [turns.take(never, () => new Promise<void>((done) => (end = done)))];
  for (const orgId of ['b', 'b', 'c']) work.push(turns.take({ ...never, orgId }, async () => {}));
  await expect(turns.take({ ...never, orgId: 'd' }, async () => {})).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
    message: 'Too many things wait at this moment. Try again shortly.',
  });
  end();
  await Promise.all(work);
  expect(await turns.take({ ...never, orgId: 'd' }, async () => 'room again')).toBe('room again');
});
