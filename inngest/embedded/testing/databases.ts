import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { startEmbeddedDatabase } from '@/db/embedded';

/** A migrated database for tests of the runner. */
export interface TestDatabase {
  exclusive: boolean;
  sql: postgres.Sql;
  stop(): Promise<void>;
}

const quiet = { onnotice: () => {} };

export async function startPglite(dataDir?: string): Promise<TestDatabase> {
  const server = await startEmbeddedDatabase({ dataDir });
  const sql = postgres({ ...quiet, path: server.socketPath, user: 'postgres', database: 'postgres', max: 1 });
  await migrate(drizzle(sql), { migrationsFolder: 'db/migrations' });
  return {
    exclusive: true,
    sql,
    async stop() {
      await sql.end({ timeout: 5 });
      await server.stop();
    },
  };
}
