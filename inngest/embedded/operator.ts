import type postgres from 'postgres';
import type { Json } from './canonical';
import { Engine } from './engine';
import type { StoredFunctionConfig } from './function-config';
import type { Row } from './job';
import { type Log, silent } from './log';
import * as statements from './operator-statements';
import { newOwner } from './owner';
import { createFunctionLoader } from './registration';
import { TELL_DUE } from './statements';
import { Store } from './store';
import { waitRow } from './transition';
import { Registry } from './triggers';

export interface OperatorOptions {
  sql?: postgres.Sql;
  exclusive: boolean;
  /** Tells the runner of this process, if there is one, that something is due. */
  wake(): void;
  log?: Log;
}

export interface RunFilter {
  status?: string;
  functionId?: string;
  /** Runs older than this one. */
  before?: string;
  limit: number;
}

const UNIQUE_VIOLATION = '23505';

/** What became of an order. */
export type Outcome = 'done' | 'unknown' | 'refused';

/** A view of the runner's tables and orders to it, from any process on its database, whichever executes. */
export function createOperator({ sql, exclusive, wake, log = silent }: OperatorOptions) {
  const registry = new Registry();
  const store = new Store({ sql, owner: newOwner(), leaseMs: 0, exclusive });
  const loadFunctions = createFunctionLoader(store, registry, log);
  // Executes nothing itself, so that others are always told.
  const engine = new Engine(
    store,
    registry,
    { due: wake, serves: () => false, isCrowded: () => true, reserve: () => 0, release: () => {}, begin: () => {} },
    log,
  );
  const one = async (text: string, id: string): Promise<Row | undefined> => (await store.query(text, [id], false))[0];

  async function functions(): Promise<{ row: Row; config: StoredFunctionConfig; appId: string }[]> {
    const counts = new Map((await store.query(statements.FUNCTION_COUNTS, [], false)).map((row) => [row.fn_id, row]));
    return (await store.functions()).map(({ id, app_id, config }) => ({
      row: counts.get(id) ?? {},
      appId: String(app_id),
      config: JSON.parse(String(config)) as StoredFunctionConfig,
    }));
  }

  /** The runs that have to be active again for this one to go on: itself, and what its failed step had invoked. */
  async function toRevive(runId: string): Promise<{ rows: object[]; waits: object[] } | undefined> {
    const failed = await one(statements.FAILED_RUN, runId);
    const fn = registry.get(String(failed?.fn_id));
    if (!failed || !fn || (failed.status !== 'failed' && failed.status !== 'cancelled')) return undefined;
    const waits = registry.cancels(fn, runId, JSON.parse(String(failed.event)) as Json).map((wait) => waitRow(0, wait));
    const row = { n: 0, run_id: runId, step_id: failed.step_id, reopens: false, value: null as string | null };
    if (failed.child_id === null) return { rows: [row], waits };
    if (failed.child_status === 'completed') return { rows: [{ ...row, value: String(failed.child_output) }], waits };
    const child = await toRevive(String(failed.child_id));
    const reopened = { ...row, reopens: true };
    return { rows: [reopened, ...(child?.rows ?? [])], waits: [...waits, ...(child?.waits ?? [])] };
  }

  /** @returns false when the run is active already, or another one of its singleton is. */
  async function revive(parameters: string[]): Promise<boolean> {
    try {
      return (await store.query(statements.REVIVE, parameters, false)).length > 0;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION) return false;
      throw error;
    }
  }

  return {
    counts: async (): Promise<Row> => (await store.counts())[0] ?? {},
    functions,
    registeredSince: async (ms: number) =>
      (await store.query(statements.REGISTERED_SINCE, [ms], false))[0]?.known === true,
    runs: ({ status, functionId, before, limit }: RunFilter) =>
      store.query(statements.OPERATOR_RUNS, [status ?? null, functionId ?? null, before ?? null, limit], false),
    run: (id: string) => one(statements.OPERATOR_RUN, id),
    steps: (id: string) => store.query(statements.OPERATOR_STEPS, [id], false),

    async cancel(runId: string): Promise<Outcome> {
      if (!(await one(statements.OPERATOR_RUN, runId))) return 'unknown';
      await loadFunctions();
      return (await engine.cancel(runId)) ? 'done' : 'refused';
    },

    /** A failed run goes on at the step that failed it; what it has memoised before stays. */
    async retry(runId: string): Promise<Outcome> {
      const run = await one(statements.OPERATOR_RUN, runId);
      if (!run) return 'unknown';
      await loadFunctions();
      const again = run.status === 'failed' ? await toRevive(runId) : undefined;
      if (!again) return 'refused';
      const parameters = [JSON.stringify(again.rows), JSON.stringify(again.waits)];
      if (!(await revive(parameters))) return 'refused';
      wake();
      if (!exclusive) await store.query(TELL_DUE, []);
      return 'done';
    },
  };
}

export type Operator = ReturnType<typeof createOperator>;
