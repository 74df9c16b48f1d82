import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { users } from '@/db/schema/users';
import { publicUrl } from '@/lib/env';
import { asSystem } from '@/server/context';
import type { OwnerFile } from './first-organization';
import { readJsonFile, writePrivate } from './prepare';

/** On an empty database makes the first organization. @returns the path of the file that tells of it, if this server has one. */
export async function firstStart(dataDir: string): Promise<string | undefined> {
  const path = join(dataDir, 'owner.json');
  const kept = (await hasPeople()) ? readJsonFile<OwnerFile>(path) : await makeOrganization();
  if (!kept) return undefined;
  writePrivate(path, `${JSON.stringify({ ...kept, url: publicUrl() }, null, 2)}\n`);
  return path;
}

/** It needs most of the product, which Next loads a second time for itself: imported by the one start that has to. */
async function makeOrganization(): Promise<OwnerFile> {
  const { makeFirstOrganization } = await import('./first-organization');
  return makeFirstOrganization();
}

const hasPeople = (): Promise<boolean> =>
  asSystem(async (db) => {
    const [row] = await db.select({ any: sql`1` }).from(users).limit(1);
    return row !== undefined;
  });
