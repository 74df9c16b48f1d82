/** A row as Postgres answers it. */
export type Row = Record<string, unknown>;

/** A job this process has claimed: only its generation may write. */
export interface ClaimedJob {
  runId: string;
  key: string;
  fnId: string;
  kind: 'call' | 'timer' | 'fetch' | 'cron';
  stepId: string | null;
  payload: string | null;
  attempt: number;
  failures: number;
  generation: number;
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

export function claimedJob(row: Row): ClaimedJob {
  const kind = String(row.kind);
  return {
    runId: String(row.run_id),
    key: String(row.key),
    fnId: String(row.fn_id),
    kind: kind === 'timer' || kind === 'fetch' || kind === 'cron' ? kind : 'call',
    stepId: text(row.step_id),
    payload: text(row.payload),
    attempt: Number(row.attempt),
    failures: Number(row.failures),
    generation: Number(row.generation),
  };
}
