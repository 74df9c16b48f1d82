import type { AgentTool, FrozenSpec } from '@/lib/contracts/agents';
import type { AgentConnector } from '@/lib/contracts/connectors';
import { POLICY_LABELS, routeOf, type SpecModel } from '@/lib/contracts/routing';
import { formatCost, formatCount, formatDuration } from '@/lib/format';

/** What can be compared: a spec, and where they belong to it the details around it. */
export interface Comparable {
  name?: string;
  description?: string;
  tags?: string[];
  spec: FrozenSpec;
}

export interface FieldChange {
  label: string;
  before: string;
  after: string;
  /** Compared line by line. */
  long: boolean;
}

const PARTIAL = 'Partial ';

/** Every field of a spec as text, in the order of the form. */
function fieldsOf({ name, description, tags, spec }: Comparable): Map<string, string> {
  const fields = new Map<string, string>();
  if (name !== undefined) fields.set('Name', name);
  if (description !== undefined) fields.set('Description', description);
  if (tags !== undefined) fields.set('Tags', tags.join(', '));
  fields.set('Instructions', spec.instructions);
  for (const [name, text] of Object.entries(spec.partials ?? {})) fields.set(`${PARTIAL}${name}`, text);
  for (const variable of spec.variables) {
    fields.set(
      `Variable ${variable.name}`,
      [
        variable.default || 'no default',
        variable.type === 'choice' ? variable.choices?.join(' or ') : variable.type,
        variable.required && 'required',
        variable.description,
      ]
        .filter(Boolean)
        .join(' · '),
    );
  }
  fields.set('Kind', spec.kind);
  fields.set('Model', modelLines(spec.model));
  const { temperature, topP, maxOutputTokens } = spec.parameters;
  fields.set('Temperature', temperature?.toString() ?? '');
  fields.set('Top P', topP?.toString() ?? '');
  fields.set('Longest answer', maxOutputTokens === undefined ? '' : `${formatCount(maxOutputTokens)} tokens`);
  fields.set('Tools', spec.tools.map(toolLine).join('\n'));
  fields.set('Connectors', spec.connectors.map(connectorLine).join('\n'));
  fields.set('Output', spec.output ? `${spec.output.name}\n${JSON.stringify(spec.output.schema, null, 2)}` : 'text');
  fields.set('Steps at most', formatCount(spec.limits.maxSteps));
  fields.set('Time at most', formatDuration(spec.limits.maxSeconds * 1_000));
  fields.set('Cost at most', formatCost(spec.limits.maxCostMicros));
  fields.set('Starter prompts', spec.starterPrompts.join('\n'));
  return fields;
}

const connectorLine = ({ connector, alias, access }: AgentConnector): string =>
  `${alias === connector ? connector : `${connector} as ${alias}`} · ${access === 'write' ? 'read and write' : 'read only'}`;
function modelLines(model: SpecModel): string {
  const { policy, models, fallback, patienceSeconds } = routeOf(model);
  return [
    policy !== 'fixed' && `${POLICY_LABELS[policy]} of`,
    ...models,
    ...fallback.map((name) => `else ${name}`),
    patienceSeconds && `after ${formatDuration(patienceSeconds * 1_000)} without a word`,
  ]
    .filter(Boolean)
    .join('\n');
}

/** A tool, and what of its use is left to people. */
function toolLine({ name, approval }: AgentTool): string {
  if (!approval) return name;
  const { mode, deadlineSeconds, decider, notByStarter } = approval;
  return [
    name,
    mode === 'ask' && 'a person approves each call',
    mode === 'deny' && 'never runs',
    deadlineSeconds && `within ${formatDuration(deadlineSeconds * 1_000)}`,
    decider && (decider.type === 'role' ? `by ${decider.role}` : `by member ${decider.userId}`),
    notByStarter && 'not by who started the run',
  ]
    .filter(Boolean)
    .join(' · ');
}

/** The fields in which two specs differ; against nothing, all that are filled in. */
export function compareSpecs(before: Comparable | null, after: Comparable): FieldChange[] {
  const old = before ? fieldsOf(before) : new Map<string, string>();
  const now = fieldsOf(after);
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((label) => {
    const a = old.get(label) ?? '';
    const b = now.get(label) ?? '';
    if (a === b) return [];
    const long = label === 'Instructions' || label.startsWith(PARTIAL) || a.includes('\n') || b.includes('\n');
    return [{ label, before: a, after: b, long }];
  });
}
