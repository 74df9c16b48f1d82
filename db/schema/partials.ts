import { integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { createdAt, id, orgId, tenantPolicy, updatedAt } from '../columns';
import { organizations } from './organizations';

/** A text that instructions include by its name. What is published has a copy of it: this one may change. */
export const partials = pgTable(
  'partials',
  {
    orgId: orgId().references(() => organizations.id, { onDelete: 'cascade' }),
    id: id(),
    name: text('name').notNull(),
    description: text('description').notNull(),
    text: text('text').notNull(),
    /** The names in `text`, so that who includes whom is known without reading texts. */
    includes: text('includes').array().notNull(),
    revision: integer('revision').notNull().default(1),
    createdBy: uuid('created_by').notNull(),
    createdAt: createdAt(),
    updatedBy: uuid('updated_by').notNull(),
    updatedAt: updatedAt(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.id] }), unique('partials_name_key').on(t.orgId, t.name), tenantPolicy()],
);
