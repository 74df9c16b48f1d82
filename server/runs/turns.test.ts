import { expect, test } from 'vitest';
import { inTurn } from './turns';

test('an organization begins 32 runs at once, the others in their order; another one waits for none of them', async () => {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const begin = (org: string, name: string) =>
    inTurn(org, async () => {
      begun.push(name);
      await new Promise<void>((end) => ends.push(end));
      if (name === '0') throw new Error('refused');
    });
  const many = Array.from({ length: 34 }, (_, n) => begin('many', String(n)));
  const other = begin('other', 'other');
  await expect.poll(() => begun.length).toBe(33);
  expect(begun).toContain('other');
  expect(begun).not.toContain('32');

  // One that is refused makes room like any other.
  ends[0]?.();
  await expect(many[0]).rejects.toThrow('refused');
  await expect.poll(() => begun.at(-1)).toBe('32');
  expect(begun).not.toContain('33');
  for (let n = 1; n < 35; n += 1) {
    await expect.poll(() => ends[n]).toBeDefined();
    ends[n]?.();
  }
  await Promise.all([...many.slice(1), other]);
});

test('of many, a third as many as wait are begun at once', async () => {
  const end = Promise.withResolvers<void>();
  let begun = 0;
  const many = Array.from({ length: 601 }, () =>
    inTurn('crowd', async () => {
      begun += 1;
      await end.promise;
    }),
  );
  await expect.poll(() => begun).toBe(150);
  end.resolve();
  await Promise.all(many);
  expect(begun).toBe(601);
});
