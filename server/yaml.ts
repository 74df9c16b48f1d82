import { join } from 'node:path';
import { Invalid } from './errors';
import { inOwnProcess, turnsAtReading } from './own-process';
import type { Asker, Turns } from './turns';

/** One document of a file, as it was written. */
export interface YamlDocument {
  /** Where it begins, from 1. */
  line: number;
  /** Its `metadata.name`, whether or not the rest can be read. */
  name: string | undefined;
  value: unknown;
  /** The line of each field, `spec.model`. */
  places: Map<string, number>;
  /** Why there is no value. */
  problems: { line: number; message: string }[];
}

// Pages and route handlers have modules of their own in production; one process wants one queue.
const shared = globalThis as typeof globalThis & { musterYaml?: Turns };
shared.musterYaml ??= turnsAtReading('files');

const READER = {
  module: join(process.cwd(), 'server/yaml-worker.mjs'),
  turns: shared.musterYaml,
  late: 'The file takes too long to be read. Split it.',
  broken: 'The file is nested too deeply, or too large to be read.',
};

/**
 * The documents of a YAML file that are not empty.
 * @throws Invalid for a file that cannot be read, or holds more than `maxDocuments`; LimitExceeded when too many wait;
 * the reason of the signal.
 */
export async function readYaml(text: string, maxDocuments: number, asker: Asker): Promise<YamlDocument[]> {
  const read = await inOwnProcess<{ count: number; documents: YamlDocument[] }>(READER, { text, maxDocuments }, asker);
  if (read.count > maxDocuments) {
    throw new Invalid(`At most ${maxDocuments} documents are read from one file; this one has ${read.count}.`);
  }
  return read.documents;
}
