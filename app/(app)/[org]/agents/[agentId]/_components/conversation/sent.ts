import type { RunSummary } from '@/lib/contracts/runs';

/** A run with its whole input, where that is known: a summary holds only the beginning. */
export type Sent = RunSummary & { input?: string };
