import type { Account, Profile } from 'next-auth';
import type { Provider } from 'next-auth/providers';
import GitHub, { type GitHubEmail, type GitHubProfile } from 'next-auth/providers/github';
import Google from 'next-auth/providers/google';
import MicrosoftEntraID from 'next-auth/providers/microsoft-entra-id';
import { IdentityProvider, type OfferedProvider, PROVIDER_NAMES } from '@/lib/contracts/people';
import { env } from '@/lib/env';

/** What a provider says of whoever signed in there. */
export interface Claims {
  provider: IdentityProvider;
  /** Their id there, which stays when the address changes. */
  subject: string;
  email: string | null;
  /** The provider made sure that the address is theirs. */
  isEmailVerified: boolean;
  name: string | null;
}

const CHECKS: ('pkce' | 'state')[] = ['pkce', 'state'];

function github(clientId: string, clientSecret: string): Provider {
  const baseUrl = env.AUTH_GITHUB_URL?.replace(/\/+$/, '');
  const api = baseUrl ? `${baseUrl}/api/v3` : 'https://api.github.com';
  return GitHub({
    clientId,
    clientSecret,
    checks: CHECKS,
    ...(baseUrl ? { enterprise: { baseUrl } } : {}),
    userinfo: {
      url: `${api}/user`,
      async request({ tokens }: { tokens: { access_token?: string } }) {
        const headers = { authorization: `Bearer ${tokens.access_token}`, 'user-agent': 'Muster' };
        const [user, emails] = await Promise.all(
          ['/user', '/user/emails'].map(async (path) => (await fetch(`${api}${path}`, { headers })).json()),
        );
        // The address in the profile may be any text of theirs: only this list says what GitHub verified.
        const primary = (emails as GitHubEmail[]).find((email) => email.primary && email.verified);
        return { ...(user as GitHubProfile), email: primary?.email ?? null };
      },
    },
  });
}

const google = (clientId: string, clientSecret: string): Provider =>
  Google({ clientId, clientSecret, checks: CHECKS, ...(env.AUTH_GOOGLE_ISSUER && { issuer: env.AUTH_GOOGLE_ISSUER }) });

const microsoft = (clientId: string, clientSecret: string): Provider =>
  MicrosoftEntraID({
    clientId,
    clientSecret,
    checks: CHECKS,
    issuer: env.AUTH_MICROSOFT_ENTRA_ID_ISSUER,
    authorization: { params: { scope: 'openid profile email' } },
    // Stock, this fetches a portrait at every sign-in.
    profile: ({ sub, name, email }) => ({ id: sub, name, email }),
  });

const oidc = (issuer: string, clientId: string, clientSecret: string): Provider => ({
  id: 'oidc',
  name: oidcName(),
  type: 'oidc',
  issuer,
  clientId,
  clientSecret,
  checks: CHECKS,
  // Most put the address only there.
  idToken: false,
  profile: ({ sub, name, email }) => ({ id: sub, name, email }),
});

const oidcName = (): string => env.AUTH_OIDC_NAME ?? PROVIDER_NAMES.oidc;

/** The providers whose id and secret are set, in the order of their buttons. */
export function configuredProviders(): Provider[] {
  const found: Provider[] = [];
  if (env.AUTH_GITHUB_ID && env.AUTH_GITHUB_SECRET) found.push(github(env.AUTH_GITHUB_ID, env.AUTH_GITHUB_SECRET));
  if (env.AUTH_GOOGLE_ID && env.AUTH_GOOGLE_SECRET) found.push(google(env.AUTH_GOOGLE_ID, env.AUTH_GOOGLE_SECRET));
  if (env.AUTH_MICROSOFT_ENTRA_ID_ID && env.AUTH_MICROSOFT_ENTRA_ID_SECRET)
    found.push(microsoft(env.AUTH_MICROSOFT_ENTRA_ID_ID, env.AUTH_MICROSOFT_ENTRA_ID_SECRET));
  if (env.AUTH_OIDC_ISSUER && env.AUTH_OIDC_ID && env.AUTH_OIDC_SECRET)
    found.push(oidc(env.AUTH_OIDC_ISSUER, env.AUTH_OIDC_ID, env.AUTH_OIDC_SECRET));
  return found;
}

/** What the sign-in page offers besides a password. */
export const offeredProviders = (): OfferedProvider[] =>
  configuredProviders().flatMap((provider) => {
    const id = IdentityProvider.safeParse(typeof provider === 'function' ? undefined : provider.id);
    return id.success ? [{ id: id.data, name: id.data === 'oidc' ? oidcName() : PROVIDER_NAMES[id.data] }] : [];
  });

/** Reads what came back from a provider. */
export function readClaims(account: Pick<Account, 'provider' | 'providerAccountId'>, profile: Profile): Claims {
  const provider = IdentityProvider.parse(account.provider);
  return {
    provider,
    subject: account.providerAccountId,
    email: profile.email ?? null,
    isEmailVerified: isVerified(provider, profile),
    name: typeof profile.name === 'string' ? profile.name : null,
  };
}

/** Whose word an address is, by provider. */
function isVerified(provider: IdentityProvider, profile: Profile): boolean {
  if (provider === 'github') return typeof profile.email === 'string';
  if (provider === 'microsoft-entra-id')
    return isOwnTenant() || [true, 1, '1', 'true'].includes(profile.xms_edov as never);
  return profile.email_verified === true;
}

/**
 * Anybody may make a Microsoft tenant in which the address of a user is any text. It counts when the tenant is the one
 * that whoever runs this server named, or when Microsoft says by `xms_edov` that the domain is the tenant's.
 * https://learn.microsoft.com/entra/identity-platform/migrate-off-email-claim-authorization
 */
const isOwnTenant = (): boolean => {
  const tenant = env.AUTH_MICROSOFT_ENTRA_ID_ISSUER?.match(/\/([^/]+)\/v2\.0\/?$/)?.[1];
  return tenant !== undefined && !['common', 'organizations', 'consumers'].includes(tenant);
};
