import { z } from 'zod';
import { putFile, useConnector } from '../connectors/service';
import { Connection } from './sql-input';
import { machineTool } from './tool';

export const storageWrite = machineTool({
  name: 'storage_write',
  label: 'Storage: write',
  does: 'Writes files of an S3-compatible connector that it may write to.',
  group: 'data',
  reads: 'nothing',
  effect: 'changes',
  description: 'Writes a text file to connected storage, in place of one with the same key.',
  inputSchema: z.object({
    connection: Connection,
    key: z.string().min(1).max(1_024),
    content: z.string().max(1_000_000),
    contentType: z
      .string()
      .max(100)
      .regex(/^[\w.+-]+\/[\w.+-]+(; ?charset=[\w-]+)?$/)
      .default('text/plain; charset=utf-8'),
  }),
  timeoutMs: 25_000,
  run: ({ connection: alias, ...file }, { ctx, spec, signal }) =>
    useConnector({ ctx, spec }, { alias, kinds: ['s3'], access: 'write' }, (opened) => putFile(opened, file, signal)),
});
