import { z } from 'zod';
import { listFiles, readFile, useConnector } from '../connectors/service';
import { Connection } from './sql-input';
import { machineTool } from './tool';

export const storageRead = machineTool({
  name: 'storage_read',
  label: 'Storage: read',
  does: 'Lists and reads files of an S3-compatible connector.',
  group: 'data',
  reads: 'untrusted',
  effect: 'none',
  description: 'Lists files of connected storage (prefix), or reads the text of one (key), up to 64 KB.',
  inputSchema: z.object({
    connection: Connection,
    key: z.string().min(1).max(1_024).optional().describe('The file to read; without, files are listed'),
    prefix: z.string().max(1_024).default('').describe('What the keys begin with'),
    after: z.string().max(1_024).default('').describe('The last key of the list before'),
  }),
  timeoutMs: 25_000,
  run: ({ connection: alias, key, prefix, after }, { ctx, spec, signal }) =>
    useConnector({ ctx, spec }, { alias, kinds: ['s3'], access: 'read' }, (opened) =>
      key === undefined ? listFiles(opened, prefix, after, signal) : readFile(opened, key, signal),
    ),
});
