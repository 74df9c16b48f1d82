import { Document, isAlias, isMap, LineCounter, parseAllDocuments, visit } from 'yaml';
import { AgentDocument, type DocumentProblem, MAX_DOCUMENTS } from '@/lib/contracts/agent-documents';
import { Invalid } from '../errors';

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

/** @throws Invalid for a file that is no YAML at all, or holds too much. */
export function readYaml(text: string): ReadDocument[] {
  const lines = new LineCounter();
  const documents = parse(text, lines).filter(({ contents }) => contents !== null);
  if (documents.length === 0) throw new Invalid('There is no agent in this file.', { fields: { document: 'empty' } });
  if (documents.length > MAX_DOCUMENTS) {
    throw new Invalid(`At most ${MAX_DOCUMENTS} agents are read from one file; this one has ${documents.length}.`);
  }
  return documents.map((document) => readOne(document, lines));
}

function parse(text: string, lineCounter: LineCounter): Document.Parsed[] {
  try {
    return [...parseAllDocuments(text, { lineCounter, prettyErrors: false, uniqueKeys: false })] as Document.Parsed[];
  } catch (error) {
    // The parser calls itself for each level.
    if (error instanceof RangeError)
      throw new Invalid('The file is nested too deeply.', { fields: { document: 'deep' } });
    throw error;
  }
}

function readOne(document: Document.Parsed, lines: LineCounter): ReadDocument {
  const lineAt = (offset: number): number => lines.linePos(offset).line || 1;
  const at = (path: readonly PropertyKey[]) => lineAt(offsetOf(document, path));
  const line = at([]);
  const named = document.getIn(['metadata', 'name']);
  const read = {
    line,
    name: typeof named === 'string' ? named : 'Unnamed',
    lineOf: (field: string) => at(field.split('.')),
  };
  const wrong = (problems: DocumentProblem[]): ReadDocument => ({
    ...read,
    agent: undefined,
    problems: problems.slice(0, MAX_PROBLEMS),
  });
  if (document.errors.length > 0) {
    return wrong(document.errors.map(({ message, pos }) => ({ line: lineAt(pos[0]), field: '', message })));
  }
  const twice = keyTwice(document);
  if (twice)
    return wrong([{ line: lineAt(twice.offset), field: '', message: `${twice.key} is there twice. Take one out.` }]);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    // Aliases that point nowhere, or multiply.
    return wrong([{ line, field: '', message: error instanceof Error ? error.message : 'It cannot be read.' }]);
  }
  const parsed = AgentDocument.safeParse(value);
  const problem = (path: PropertyKey[], message: string) => ({ line: at(path), field: path.join('.'), message });
  if (!parsed.success)
    return wrong(parsed.error.issues.slice(0, MAX_PROBLEMS).map(({ path, message }) => problem(path, message)));
  const unread = unknownFields(value, parsed.data);
  if (unread.length === 0) return { ...read, agent: parsed.data, problems: [] };
  const advice = 'There is no such field. Look for a misspelling, or take it out.';
  return wrong(unread.slice(0, MAX_PROBLEMS).map((path) => problem(path, advice)));
}

/** The first key that a map has twice. The parser would compare each with each, for minutes in a file made for that. */
function keyTwice(document: Document.Parsed): { key: string; offset: number } | undefined {
  let found: { key: string; offset: number } | undefined;
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<string>();
      for (const { key } of items) {
        const name = String(key);
        if (seen.has(name)) {
          found = { key: name, offset: (key as { range?: [number, number, number] }).range?.[0] ?? 0 };
          return visit.BREAK;
        }
        seen.add(name);
      }
    },
  });
  return found;
}

/** Where a field stands; where it is missing, what it is missing from. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  let offset = document.contents?.range?.[0] ?? 0;
  let node: unknown = document.contents;
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => String(item.key) === String(key));
      if (!pair) return offset;
      offset = (pair.key as { range?: [number, number, number] }).range?.[0] ?? offset;
      node = pair.value;
    } else {
      const items = (node as { items?: { range?: [number, number, number] }[] } | null)?.items;
      node = items?.[Number(key)];
      if (!node) return offset;
      offset = (node as { range?: [number, number, number] }).range?.[0] ?? offset;
    }
  }
  return offset;
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
