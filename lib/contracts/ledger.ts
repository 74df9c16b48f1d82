import { z } from 'zod';

export const LedgerKind = z.enum(['reserve', 'settle', 'release']);
export type LedgerKind = z.infer<typeof LedgerKind>;
