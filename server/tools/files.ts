import { z } from 'zod';
import { ArtifactName } from '@/lib/contracts/artifacts';
import { findArtifact, namesOf, writeArtifact } from '../artifacts/service';
import { Invalid, PreconditionFailed } from '../errors';
import { bodyText } from './body-text';
import { machineTool, type ToolEnvironment } from './tool';

const shared = { group: 'files', effect: 'none', timeoutMs: 15_000 } as const;

function runOf({ runId }: ToolEnvironment): string {
  if (!runId) throw new PreconditionFailed('Files belong to a run: try this in a conversation with an agent.');
  return runId;
}

export const writeFile = machineTool({
  ...shared,
  name: 'write_file',
  label: 'Write a file',
  does: 'Writes a file that people find on the page of the run.',
  reads: 'nothing',
  description:
    'Writes a file for the person who asked: a report, a table, data. It is there to download; write it again under the same name to replace it.',
  inputSchema: z.object({
    name: ArtifactName.describe('With its ending, for example report.md'),
    content: z.string().max(900_000),
    encoding: z.enum(['text', 'base64']).default('text'),
    contentType: z
      .string()
      .max(100)
      .regex(/^[a-z0-9.+-]+\/[a-z0-9.+-]+$/i, 'A content type such as text/csv')
      .default('text/plain'),
  }),
  async run({ name, content, encoding, contentType }, environment) {
    const bytes = Buffer.from(content, encoding === 'text' ? 'utf8' : 'base64');
    const file = { runId: runOf(environment), name, contentType: contentType.toLowerCase(), content: bytes };
    const written = await writeArtifact(environment.ctx, file);
    return { name, bytes: written.bytes, sha256: written.sha256 };
  },
});

export const readFile = machineTool({
  ...shared,
  name: 'read_file',
  label: 'Read a file',
  does: 'Reads a file that the run has written.',
  // It may hold what the run has read elsewhere; that has tainted the run already.
  reads: 'trusted',
  description: 'Reads a text file that was written in this run, in pieces when it is long.',
  inputSchema: z.object({
    name: ArtifactName,
    from: z.number().int().min(0).default(0).describe('Character to go on from'),
    characters: z.number().int().min(1).max(50_000).default(20_000),
  }),
  async run({ name, from, characters }, environment) {
    const runId = runOf(environment);
    const file = await findArtifact(environment.ctx, runId, name);
    if (!file) {
      const names = (await namesOf(environment.ctx, runId)).map((other) => other.name).join(', ') || 'none';
      throw new Invalid(`There is no file ${name} in this run. There are: ${names}.`);
    }
    const text = bodyText({ body: file.content, headers: { 'content-type': file.contentType } });
    if (text === undefined) throw new Invalid(`${name} is ${file.contentType}, which is no text.`);
    const next = from + characters < text.length ? from + characters : null;
    return { name, content: text.slice(from, from + characters), characters: text.length, goOnFrom: next };
  },
});

export const listFiles = machineTool({
  ...shared,
  name: 'list_files',
  label: 'List files',
  does: 'Lists the files that the run has written.',
  reads: 'trusted',
  description: 'Lists the files that were written in this run.',
  inputSchema: z.object({}),
  async run(_, environment) {
    const files = await namesOf(environment.ctx, runOf(environment));
    return { files: files.map(({ name, contentType, bytes }) => ({ name, contentType, bytes })) };
  },
});
