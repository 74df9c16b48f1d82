/** A row as Postgres answers it. */
export type Row = Record<string, unknown>;

const KINDS = ['call', 'timer', 'fetch', 'cron', 'timeout'] as const;
type Kind = (typeof KINDS)[number];

/** A job this process has claimed: only its generation may write. */
export interface ClaimedJob {
  runId: string;
  key: string;
  fnId: string;
  kind: Kind;
  stepId: string | null;
  payload: string | null;
  attempt: number;
  failures: number;
  generation: number;
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

export function claimedJob(row: Row): ClaimedJob {
  return {
    runId: String(row.run_id),
    key: String(row.key),
    fnId: String(row.fn_id),
    kind: KINDS.find((kind) => kind === row.kind) ?? 'call',
    stepId: text(row.step_id),
    payload: text(row.payload),
    attempt: Number(row.attempt),
    failures: Number(row.failures),
    generation: Number(row.generation),
  };
}
