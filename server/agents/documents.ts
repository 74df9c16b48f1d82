import { Document, visit } from 'yaml';
import { AgentDocument, type DocumentProblem, MAX_DOCUMENTS } from '@/lib/contracts/agent-documents';
import { Invalid } from '../errors';
import type { Asker } from '../turns';
import { readYaml, type YamlDocument } from '../yaml';

/** One document of a file, as it was read. */
export interface ReadDocument {
  /** Where it begins, from 1. */
  line: number;
  /** What it calls itself, whether or not the rest can be read. */
  name: string;
  agent: AgentDocument | undefined;
  problems: DocumentProblem[];
  /** Where a field stands, `spec.model`; where it is missing, what it is missing from. */
  lineOf: (field: string) => number;
}

const MAX_PROBLEMS = 50;

/** Agents as YAML: keys in the order of the alphabet, so that the same agent is the same text. */
export const toYaml = (agents: readonly AgentDocument[]): string =>
  agents.map((agent) => toDocument(agent).toString({ lineWidth: 0 })).join('---\n');

function toDocument(agent: AgentDocument): Document {
  const document = new Document(agent, { sortMapEntries: true, aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, scalar) {
      // A text over several lines loses blanks at its beginning and at the ends of lines unless it is quoted.
      if (typeof scalar.value === 'string' && /^\s|[^\S\n](\n|$)/.test(scalar.value)) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  return document;
}

/**
 * @throws Invalid for a file that cannot be read at all, or holds too much; LimitExceeded when too many wait; the reason
 * of the signal.
 */
export async function readAgents(text: string, asker: Asker): Promise<ReadDocument[]> {
  const documents = await readYaml(text, MAX_DOCUMENTS, asker);
  if (documents.length === 0) throw new Invalid('There is no agent in this file.', { fields: { document: 'empty' } });
  return documents.map(readOne);
}

function readOne({ line, name = 'Unnamed', value, places, problems }: YamlDocument): ReadDocument {
  const lineOf = (field: string): number => {
    const at = places.get(field);
    if (at !== undefined || field === '') return at ?? line;
    return lineOf(field.slice(0, Math.max(0, field.lastIndexOf('.'))));
  };
  const read = { line, name, lineOf };
  const wrong = (found: DocumentProblem[]): ReadDocument => ({
    ...read,
    agent: undefined,
    problems: found.slice(0, MAX_PROBLEMS),
  });
  if (problems.length > 0) return wrong(problems.map((problem) => ({ ...problem, field: '' })));
  const problem = (path: PropertyKey[], message: string) => {
    const field = path.join('.');
    return { line: lineOf(field), field, message };
  };
  const parsed = AgentDocument.safeParse(value);
  if (!parsed.success)
    return wrong(parsed.error.issues.slice(0, MAX_PROBLEMS).map(({ path, message }) => problem(path, message)));
  const unread = unknownFields(value, parsed.data);
  if (unread.length === 0) return { ...read, agent: parsed.data, problems: [] };
  const advice = 'There is no such field. Look for a misspelling, or take it out.';
  return wrong(unread.slice(0, MAX_PROBLEMS).map((path) => problem(path, advice)));
}

/** Fields that were written and that nobody read. */
function unknownFields(written: unknown, read: unknown, path: PropertyKey[] = []): PropertyKey[][] {
  if (typeof written !== 'object' || written === null || typeof read !== 'object' || read === null) return [];
  return Object.entries(written).flatMap(([key, value]) =>
    Object.hasOwn(read, key)
      ? unknownFields(value, (read as Record<string, unknown>)[key], [...path, key])
      : [[...path, key]],
  );
}
