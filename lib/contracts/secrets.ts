import { z } from 'zod';
import { Id } from './paging';
import { text } from './text';

/** How a text names a secret: `{{secret.NAME}}`. */
export const SECRET_REFERENCE = /\{\{\s*secret\.([^{}\s]*)\s*\}\}/g;

/** A shorter value could not be told from ordinary text where an answer repeats it. */
export const MIN_SECRET_LENGTH = 8;

export const SecretName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,62}$/, 'Capital letters, digits and _, beginning with a letter; at most 63.');

const value = text(32_000)
  .refine((secret) => secret.length >= MIN_SECRET_LENGTH, `At least ${MIN_SECRET_LENGTH} characters.`)
  .describe('Kept encrypted; no answer contains it');
const description = text(200);

export const SecretRef = z.object({ secretId: Id });
export type SecretRef = z.infer<typeof SecretRef>;

export const CreateSecretInput = z.object({
  name: SecretName,
  value,
  description: description.default(''),
  workspaceId: Id.optional().describe('For agents of this workspace alone, before one of the organization'),
});
export type CreateSecretInput = z.infer<typeof CreateSecretInput>;

export const ReplaceSecretInput = SecretRef.extend({ value, description: description.optional() });
export type ReplaceSecretInput = z.infer<typeof ReplaceSecretInput>;

/** A secret without its value. */
export const Secret = z.object({
  id: Id,
  name: z.string(),
  description: z.string(),
  workspaceId: Id.nullable(),
  workspaceName: z.string().nullable(),
  createdAt: z.date(),
  updatedAt: z.date(),
  updatedByName: z.string().nullable(),
  lastUsedAt: z.date().nullable(),
});
export type Secret = z.infer<typeof Secret>;

/** The data key in use, and how far it is with what older keys had encrypted. */
export const DataKeyState = z.object({
  version: z.number(),
  createdAt: z.date(),
  createdByName: z.string().nullable(),
  completedAt: z.date().nullable(),
  /** Encrypted values of the organization, and those still under an older key. */
  total: z.number(),
  left: z.number(),
});
export type DataKeyState = z.infer<typeof DataKeyState>;
