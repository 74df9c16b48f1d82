import { z } from 'zod';
import { PERMISSIONS, ROLES } from '../permissions';
import { Id, Page, Query } from './paging';
import { name, text } from './text';

export const Role = z.enum(ROLES);
export const Permission = z.enum(PERMISSIONS);

export const Email = text(254).pipe(z.email('Not an e-mail address.')).describe('Compared without regard to case');
export const Password = text(200).min(8, 'At least 8 characters.');

/** What a link in a mail, or the browser that asked for it, holds. */
export const Token = text(200).min(20, 'This is no link of ours.');

export const SignUpInput = z.object({
  name: name(),
  email: Email,
  password: Password,
  organization: name(60),
  receipt: Token.optional().describe('Made by the browser; shown with the link, it saves typing the password again'),
});
export type SignUpInput = z.infer<typeof SignUpInput>;
/** The link proves the address; receipt or password prove that it is opened by who signed up. */
export const ConfirmSignUpInput = z.object({
  token: Token,
  receipt: Token.optional(),
  password: text(200).optional(),
});
export type ConfirmSignUpInput = z.infer<typeof ConfirmSignUpInput>;
/** Good for one sign-in within two minutes, as the provider `ticket` of next-auth. */
export const Ticket = z.object({ ticket: Token, org: z.string().nullable() });
export type Ticket = z.infer<typeof Ticket>;

const GivenPassword = text(200).min(1, 'Enter your password.');
export const SignInInput = z.object({ email: Email, password: GivenPassword });
export type SignInInput = z.infer<typeof SignInInput>;
export const RequestResetInput = z.object({ email: Email });
export type RequestResetInput = z.infer<typeof RequestResetInput>;
export const ResetPasswordInput = z.object({ token: Token, password: Password });
export type ResetPasswordInput = z.infer<typeof ResetPasswordInput>;

export const ChangePasswordInput = z.object({ currentPassword: GivenPassword, password: Password });
export type ChangePasswordInput = z.infer<typeof ChangePasswordInput>;
export const ChangeEmailInput = z.object({ currentPassword: GivenPassword, email: Email });
export type ChangeEmailInput = z.infer<typeof ChangeEmailInput>;
export const ConfirmEmailInput = z.object({ token: Token });
export const RenamePersonInput = z.object({ name: name() });
export type RenamePersonInput = z.infer<typeof RenamePersonInput>;

export const IDENTITY_PROVIDERS = ['github', 'google', 'microsoft-entra-id', 'oidc'] as const;
export const IdentityProvider = z.enum(IDENTITY_PROVIDERS);
export type IdentityProvider = z.infer<typeof IdentityProvider>;
/** As people call them; the server may name its own OpenID provider otherwise. */
export const PROVIDER_NAMES: Record<IdentityProvider, string> = {
  github: 'GitHub',
  google: 'Google',
  'microsoft-entra-id': 'Microsoft',
  oidc: 'Single sign-on',
};
/** A way to sign in that this server offers. */
export const OfferedProvider = z.object({ id: IdentityProvider, name: z.string() });
export type OfferedProvider = z.infer<typeof OfferedProvider>;
export const Identity = z.object({ provider: IdentityProvider, email: z.string(), createdAt: z.date() });
export type Identity = z.infer<typeof Identity>;
export const DisconnectInput = z.object({ provider: IdentityProvider });

/** A person as they see themselves. */
export const Account = z.object({
  name: z.string(),
  email: z.string(),
  hasPassword: z.boolean(),
  identities: z.array(Identity),
});
export type Account = z.infer<typeof Account>;

export const SECURITY_EVENTS = [
  'account.created',
  'sign_in',
  'sign_in.failed',
  'session.revoked',
  'sessions.revoked',
  'password.changed',
  'password.reset_requested',
  'password.reset',
  'email.change_requested',
  'email.changed',
  'identity.connected',
  'identity.disconnected',
] as const;
export type SecurityEventKind = (typeof SECURITY_EVENTS)[number];
export const SecurityEvent = z.object({
  id: Id,
  kind: z.enum(SECURITY_EVENTS),
  detail: z.string().nullable(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  createdAt: z.date(),
});
export type SecurityEvent = z.infer<typeof SecurityEvent>;

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
export const ChangeRoleInput = z.object({ userId: Id, role: Role });
export type ChangeRoleInput = z.infer<typeof ChangeRoleInput>;
export const RemoveMemberInput = z.object({ userId: Id });
export type RemoveMemberInput = z.infer<typeof RemoveMemberInput>;
export const TransferOwnershipInput = z.object({ userId: Id });
export type TransferOwnershipInput = z.infer<typeof TransferOwnershipInput>;

export const Invitation = z.object({
  id: Id,
  email: z.string(),
  role: Role,
  invitedByName: z.string().nullable(),
  createdAt: z.date(),
  expiresAt: z.date(),
});
export type Invitation = z.infer<typeof Invitation>;
export const CreateInvitationInput = z.object({ email: Email, role: Role });
export type CreateInvitationInput = z.infer<typeof CreateInvitationInput>;
export const InvitationRef = z.object({ invitationId: Id });
export type InvitationRef = z.infer<typeof InvitationRef>;
export const InvitationLink = z.object({ token: Token });
/** What whoever holds the link gets to see. */
export const InvitationView = z.object({
  organization: z.string(),
  role: Role,
  invitedByName: z.string().nullable(),
  email: z.string(),
});
export type InvitationView = z.infer<typeof InvitationView>;
/** Joins with a new account: the link proves the address. */
export const JoinInput = z.object({ token: Token, name: name(), password: Password });
export type JoinInput = z.infer<typeof JoinInput>;

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
  query: Query.describe('Part of an action or a resource id'),
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
