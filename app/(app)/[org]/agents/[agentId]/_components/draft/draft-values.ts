import { type Agent, SaveDraftInput } from '@/lib/contracts/agents';

/** What the form edits. */
export type DraftValues = Omit<SaveDraftInput, 'agentId' | 'revision'>;

export const valuesOf = ({ name, description, tags, draft }: Agent): DraftValues => ({
  name,
  description,
  tags,
  spec: draft,
});

export const isSame = (a: DraftValues, b: DraftValues): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

const Values = SaveDraftInput.omit({ agentId: true, revision: true });

/** What is wrong with a draft, by path; empty when it can be saved. */
export function problemsOf(values: DraftValues): Record<string, string> {
  const parsed = Values.safeParse(values);
  const problems = parsed.success
    ? {}
    : Object.fromEntries(parsed.error.issues.map((issue) => [issue.path.join('.'), issue.message]));
  const names = values.spec.variables.map(({ name }) => name);
  names.forEach((name, index) => {
    if (names.indexOf(name) !== index) problems[`spec.variables.${index}.name`] = 'This name is there twice.';
  });
  return problems;
}
