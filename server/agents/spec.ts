import type { AgentSpec } from '@/lib/contracts/agents';
import { modelsOf } from '@/lib/contracts/routing';
import { Invalid } from '../errors';
import { checkModel } from '../models/service';

/** What the shape alone cannot tell. @throws Invalid */
export function checkSpec(spec: AgentSpec): void {
  for (const model of modelsOf(spec.model)) checkModel(model);
  requireUnique(spec.variables, 'variable', 'spec.variables');
  requireUnique(spec.tools, 'tool', 'spec.tools');
}

function requireUnique(items: readonly { name: string }[], what: string, field: string): void {
  const twice = items.find((item, index) => items.findIndex(({ name }) => name === item.name) !== index);
  if (twice)
    throw new Invalid(`The ${what} ${twice.name} is there twice. Remove one.`, {
      fields: { [field]: `${twice.name} twice` },
    });
}
