import { z } from 'zod';
import { PERMISSIONS, ROLES } from '../permissions';
import { Id, Page } from './paging';
import { name, text } from './text';

export const Role = z.enum(ROLES);
export const Permission = z.enum(PERMISSIONS);

export const Email = text(254).pipe(z.email('Not an e-mail address.')).describe('Compared without regard to case');
export const Password = text(200).min(8, 'At least 8 characters.');

export const SignUpInput = z.object({ name: name(), email: Email, password: Password, organization: name(60) });
export type SignUpInput = z.infer<typeof SignUpInput>;
export const SignInInput = z.object({ email: Email, password: z.string().min(1, 'Enter your password.').max(200) });
export type SignInInput = z.infer<typeof SignInInput>;

/** The first segment of every address. */
export const OrgSlug = z
  .string()
  .max(48)
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'Lower case letters, digits and dashes.');
/** Input of everything that belongs to an organization. */
export const OrgInput = z.object({ org: OrgSlug });

export const Organization = z.object({ id: Id, slug: OrgSlug, name: z.string(), createdAt: z.date() });
export type Organization = z.infer<typeof Organization>;
export const Membership = z.object({ organization: Organization, role: Role });
export type Membership = z.infer<typeof Membership>;
export const CreateOrganizationInput = z.object({ name: name(60) });
export type CreateOrganizationInput = z.infer<typeof CreateOrganizationInput>;
export const RenameOrganizationInput = z.object({ name: name(60) });
export type RenameOrganizationInput = z.infer<typeof RenameOrganizationInput>;

export const Workspace = z.object({ id: Id, slug: z.string(), name: z.string(), createdAt: z.date() });
export type Workspace = z.infer<typeof Workspace>;
export const CreateWorkspaceInput = z.object({ name: name(60) });
export type CreateWorkspaceInput = z.infer<typeof CreateWorkspaceInput>;

/** What the pages of an organization know of the person looking. */
export const OrgView = z.object({
  organization: Organization,
  role: Role,
  permissions: z.array(Permission),
  workspaces: z.array(Workspace),
  user: z.object({ id: Id, name: z.string(), email: z.string() }),
});
export type OrgView = z.infer<typeof OrgView>;

export const Member = z.object({ userId: Id, name: z.string(), email: z.string(), role: Role, since: z.date() });
export type Member = z.infer<typeof Member>;
/** Adds somebody who has an account already. */
export const AddMemberInput = z.object({ email: Email, role: Role });
export type AddMemberInput = z.infer<typeof AddMemberInput>;
export const ChangeRoleInput = z.object({ userId: Id, role: Role });
export type ChangeRoleInput = z.infer<typeof ChangeRoleInput>;
export const RemoveMemberInput = z.object({ userId: Id });
export type RemoveMemberInput = z.infer<typeof RemoveMemberInput>;

/** Later years are not written as ISO 8601 has them. */
const LAST_DAY = new Date('9999-12-31T00:00:00Z');
export const CreateApiKeyInput = z.object({
  name: name(60),
  scopes: z.array(Permission).min(1, 'Choose at least one scope.').max(100),
  expiresAt: z.coerce
    .date()
    .max(LAST_DAY, 'Choose a date before the year 10000.')
    .optional()
    .describe('Never when omitted'),
});
export type CreateApiKeyInput = z.infer<typeof CreateApiKeyInput>;
export const RevokeApiKeyInput = z.object({ apiKeyId: Id });
export type RevokeApiKeyInput = z.infer<typeof RevokeApiKeyInput>;
export const ApiKey = z.object({
  id: Id,
  name: z.string(),
  hint: z.string(),
  scopes: z.array(z.string()),
  createdByName: z.string().nullable(),
  createdAt: z.date(),
  expiresAt: z.date().nullable(),
  revokedAt: z.date().nullable(),
  lastUsedAt: z.date().nullable(),
});
export type ApiKey = z.infer<typeof ApiKey>;
/** The only answer that ever holds the token. */
export const CreatedApiKey = ApiKey.extend({ token: z.string() });
export type CreatedApiKey = z.infer<typeof CreatedApiKey>;

export const Session = z.object({
  id: Id,
  current: z.boolean(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  createdAt: z.date(),
  lastSeenAt: z.date(),
  expiresAt: z.date(),
});
export type Session = z.infer<typeof Session>;
export const RevokeSessionInput = z.object({ sessionId: Id });

export const ListAuditInput = Page.extend({
  query: text(200).default('').describe('Part of an action or a resource id'),
});
export type ListAuditInput = z.infer<typeof ListAuditInput>;
export const AuditEntry = z.object({
  id: Id,
  actorType: z.string(),
  actorId: z.string(),
  actorName: z.string().nullable(),
  action: z.string(),
  resourceType: z.string(),
  resourceId: z.string(),
  before: z.json().nullable(),
  after: z.json().nullable(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  requestId: z.string().nullable(),
  createdAt: z.date(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
