import { expect, test } from 'vitest';
import { TryGuardsInput } from '@/lib/contracts/guardrails';
import { makeOrganization } from '../testing/factories';
import { tryGuards } from './service';

const input = (text: string, ...guards: unknown[]) => TryGuardsInput.parse({ guards, text });

test('guards are tried as an agent would use them: each on what is left, scorers in the sandbox last', async () => {
  const ctx = await makeOrganization();
  const scorer = { type: 'scorer', name: 'Clean', code: "return input.includes('@') ? 0 : 1" };
  expect(await tryGuards(ctx, input('Write to ada@example.com', scorer, { type: 'pii' }))).toEqual({
    text: 'Write to [e-mail address]',
    findings: [{ guard: 'pii', action: 'redacted', detail: '1 e-mail address' }],
    blocked: null,
  });
  expect(await tryGuards(ctx, input('Write to @ada', scorer))).toMatchObject({
    findings: [{ guard: 'Clean', action: 'blocked' }],
    blocked: 'Clean: scored 0.00, at least 0.5 is needed',
  });
});

test('a program that fails is told of, with what it said', async () => {
  const ctx = await makeOrganization();
  const scorer = { type: 'scorer', name: 'Broken', code: 'return nothing' };
  const { blocked } = await tryGuards(ctx, input('Hello', scorer));
  expect(blocked).toContain('Broken: the scorer failed.');
  expect(blocked).toContain('nothing is not defined');
});
