import { asSystem, type TenantContext } from './context';
import { type Logger, log } from './log';

/** A transaction from which events and mail may leave: a tenant's, or the system's. */
export type SendingContext = Pick<TenantContext, 'db' | 'sql' | 'afterCommit' | 'log'>;

/** A transaction on the tables that belong to no tenant; events and mail of it leave once it is committed. */
export async function withSystem<T>(work: (tx: SendingContext) => Promise<T>, logger: Logger = log): Promise<T> {
  const afterwards: (() => void | Promise<void>)[] = [];
  const result = await asSystem((db, sql) =>
    work({ db, sql, afterCommit: (task) => afterwards.push(task), log: logger }),
  );
  for (const task of afterwards) await task();
  return result;
}
