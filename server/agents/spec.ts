import type { AgentSpec } from '@/lib/contracts/agents';
import { modelsOf } from '@/lib/contracts/routing';
import { Invalid } from '../errors';
import { checkModel } from '../models/service';
import { syntaxProblem } from '../sandbox/syntax';

/** What the shape alone cannot tell. @throws Invalid */
export function checkSpec(spec: AgentSpec): void {
  for (const model of modelsOf(spec.model)) checkModel(model);
  requireUnique(spec.variables, 'variable', 'spec.variables');
  requireUnique(spec.tools, 'tool', 'spec.tools');
  for (const way of ['input', 'output'] as const) {
    for (const [at, guard] of spec.guardrails[way].entries()) {
      const problem = guard.type === 'scorer' ? syntaxProblem(guard.code) : undefined;
      if (problem) throw new Invalid(problem, { fields: { [`spec.guardrails.${way}.${at}.code`]: problem } });
    }
  }
}

function requireUnique(items: readonly { name: string }[], what: string, field: string): void {
  const twice = items.find((item, index) => items.findIndex(({ name }) => name === item.name) !== index);
  if (twice)
    throw new Invalid(`The ${what} ${twice.name} is there twice. Remove one.`, {
      fields: { [field]: `${twice.name} twice` },
    });
}
