import { expect, test } from 'vitest';
import { Turns } from './turns';

const never = { orgId: 'a', signal: new AbortController().signal };

test('so many work at once, the others in their order, and more are refused', async () => {
  const turns = new Turns({ atOnce: 2, maxWaiting: 2, refusal: 'Too many.' });
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const start = (n: number) =>
    turns.take(never, () => {
      begun.push(n);
      return new Promise<void>((end) => ends.push(end));
    });
  const work = [start(1), start(2), start(3), start(4)];
  await expect(start(5)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', message: 'Too many.' });
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
  const turns = new Turns({ atOnce: 1, maxWaiting: 3, refusal: '' });
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
  const turns = new Turns({ atOnce: 2, maxWaiting: 3, refusal: 'Too many.' });
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const start = (orgId: string) =>
    turns.take({ ...never, orgId }, () => {
      begun.push(orgId);
      return new Promise<void>((end) => ends.push(end));
    });
  const work = Array.from({ length: 5 }, () => start('much'));
  await expect(start('much')).rejects.toThrow('Too many.');
  work.push(start('late'), start('late'), start('later'));
  for (let ended = 0; ended < work.length; ended += 1) {
    await expect.poll(() => ends.length).toBeGreaterThan(ended);
    ends[ended]?.();
  }
  await Promise.all(work);
  expect(begun).toEqual(['much', 'much', 'late', 'much', 'later', 'late', 'much', 'much']);
});
