// Reads YAML in a process of its own: a megabyte that is made for it takes seconds. See yaml.ts.
import { isMap, isSeq, LineCounter, parseAllDocuments, visit } from 'yaml';

const MAX_PROBLEMS = 50;
const MAX_VALUES = 500_000;
const lines = new LineCounter();
// A file can have an error in each of its characters.
Error.stackTraceLimit = 0;

const lineAt = (node) => lines.linePos(node?.range?.[0] ?? 0).line || 1;

/** The first key that a map has twice. The parser would compare each with each, for minutes in a file made for that. */
function keyTwice(document) {
  let found;
  visit(document, {
    Map(_, { items }) {
      const seen = new Set();
      for (const { key } of items) {
        const name = String(key);
        if (seen.has(name)) {
          found = { line: lineAt(key), message: `${name} is there twice. Take one out.` };
          return visit.BREAK;
        }
        seen.add(name);
      }
    },
  });
  return found;
}

/** Where each field stands: what is in a map by its key, what is in a list by its own beginning. */
function placesIn(node, path, places) {
  const add = (key, place, value) => {
    const field = path === '' ? String(key) : `${path}.${key}`;
    places.set(field, lineAt(place));
    placesIn(value, field, places);
  };
  if (isMap(node)) for (const { key, value } of node.items) add(key, key, value);
  else if (isSeq(node)) for (const [at, item] of node.items.entries()) add(at, item, item);
  return places;
}

/** What aliases repeat counts each time: whoever reads the value meets it so often. */
function refuseMany(value) {
  const left = [value];
  for (let count = 0; left.length > 0; count += 1) {
    if (count > MAX_VALUES) throw new Error(`It holds more than ${MAX_VALUES} values.`);
    const next = left.pop();
    if (typeof next === 'object' && next !== null) for (const item of Object.values(next)) left.push(item);
  }
}

function readOne(document) {
  const line = lineAt(document.contents);
  const name = document.getIn(['metadata', 'name']);
  const read = { line, name: typeof name === 'string' ? name : undefined, value: undefined, places: new Map() };
  if (document.errors.length > 0) {
    const problems = document.errors.slice(0, MAX_PROBLEMS);
    return {
      ...read,
      problems: problems.map(({ message, pos }) => ({ line: lines.linePos(pos[0]).line || 1, message })),
    };
  }
  const twice = keyTwice(document);
  if (twice) return { ...read, problems: [twice] };
  try {
    const value = document.toJS({ maxAliasCount: 100 });
    refuseMany(value);
    return { ...read, value, places: placesIn(document.contents, '', new Map()), problems: [] };
  } catch (error) {
    // Aliases that point nowhere, or multiply.
    return { ...read, problems: [{ line, message: error.message }] };
  }
}

process.once('message', ({ text, maxDocuments }) => {
  const documents = [
    ...parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: 'error' }),
  ].filter(({ contents }) => contents !== null);
  process.send({ count: documents.length, documents: documents.slice(0, maxDocuments).map(readOne) });
});
