import { describe, expect, it } from 'vitest';
import { ASSISTANT } from '@/lib/agent-templates';
import { compareSpecs } from './spec-fields';

describe('compareSpecs', () => {
  it('finds nothing between a spec and itself', () => {
    expect(compareSpecs(ASSISTANT, ASSISTANT)).toEqual([]);
  });

  it('shows all of it against nothing', () => {
    const labels = compareSpecs(null, { spec: ASSISTANT.spec }).map(({ label }) => label);
    expect(labels).toContain('Instructions');
    expect(labels).not.toContain('Temperature');
  });

  it('tells the texts of partials apart from the instructions that include them', () => {
    const { spec } = ASSISTANT;
    const changes = compareSpecs(
      { spec: { ...spec, partials: { tone: 'Warm.', old: 'Gone.' } } },
      { spec: { ...spec, partials: { tone: 'Brief.' } } },
    );
    expect(changes).toEqual([
      { label: 'Partial tone', before: 'Warm.', after: 'Brief.', long: true },
      { label: 'Partial old', before: 'Gone.', after: '', long: true },
    ]);
  });

  it('names what changed, was added and was removed', () => {
    const after = {
      ...ASSISTANT,
      spec: {
        ...ASSISTANT.spec,
        model: 'openai/gpt-5',
        variables: [],
        tools: [...ASSISTANT.spec.tools, { name: 'ask_human' as const }],
        limits: { ...ASSISTANT.spec.limits, maxCostMicros: 250_000 },
      },
    };
    expect(compareSpecs(ASSISTANT, after)).toEqual([
      { label: 'Model', before: 'sandbox/assistant', after: 'openai/gpt-5', long: false },
      { label: 'Tools', before: 'calculator\ncurrent_time', after: 'calculator\ncurrent_time\nask_human', long: true },
      { label: 'Cost at most', before: '$1.00', after: '$0.250', long: false },
      { label: 'Variable company', before: 'our company · Whom it works for', after: '', long: false },
    ]);
  });
});
