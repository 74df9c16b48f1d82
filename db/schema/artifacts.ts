import { customType, foreignKey, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { createdAt, id, orgId, tenantPolicy } from '../columns';
import { runs } from './runs';

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/** A file that a run made; written again under its name, it is another one. */
export const artifacts = pgTable(
  'artifacts',
  {
    orgId: orgId(),
    id: id(),
    runId: uuid('run_id').notNull(),
    name: text('name').notNull(),
    contentType: text('content_type').notNull(),
    bytes: integer('bytes').notNull(),
    sha256: text('sha256').notNull(),
    content: bytea('content').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    foreignKey({ columns: [t.orgId, t.runId], foreignColumns: [runs.orgId, runs.id] }).onDelete('cascade'),
    unique('artifacts_name_key').on(t.orgId, t.runId, t.name),
    tenantPolicy(),
  ],
);
