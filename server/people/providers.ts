import { Email, PROVIDER_NAMES } from '@/lib/contracts/people';
import { toStorableText } from '@/lib/contracts/text';
import type { Claims } from '../auth/providers';
import type { RequestInfo } from '../context';
import { sendMail } from '../mail/service';
import { withSystem } from '../system';
import { findIdentity, insertIdentity } from './identities';
import { identityConnectedMail } from './mails';
import { findUserByEmail } from './queries';
import { insertSecurityEvent } from './security-log';
import { startSession } from './sessions';
import { insertAccount } from './sign-up';

/**
 * The person with a new session. Whoever signed in with this account before is who they were. Else the address decides,
 * and only one that the provider has verified: it finds the account of that address, which is proven on our side too, and
 * connects the two; or it makes a new account without password.
 * @returns `unverified` for an address that is nobody's word, `disabled` for an account that is.
 */
export const signInWithProvider = (claims: Claims, request: RequestInfo) =>
  withSystem(async (tx) => {
    const { provider, subject } = claims;
    // As everywhere else, and looked at first: lower case makes letters of ASCII out of some others.
    const email = Email.safeParse(claims.email).data?.toLowerCase();
    let user = await findIdentity(tx.db, provider, subject);
    if (!user) {
      if (!email || !claims.isEmailVerified) return 'unverified' as const;
      user = await findUserByEmail(tx.db, email);
      if (user?.disabledAt) return 'disabled' as const;
      const name = toStorableText(claims.name?.trim().slice(0, 100) ?? '') || (email.split('@')[0] ?? email);
      const id = user?.id ?? (await insertAccount(tx.db, { name, email, passwordHash: null }, request));
      await insertIdentity(tx.db, { provider, subject, userId: id, email });
      await insertSecurityEvent(tx.db, id, { kind: 'identity.connected', detail: provider, request });
      if (user) await sendMail(tx, identityConnectedMail(email, PROVIDER_NAMES[provider]));
      user ??= { id, name, email, passwordHash: null, disabledAt: null };
    }
    if (user.disabledAt) return 'disabled' as const;
    await insertSecurityEvent(tx.db, user.id, { kind: 'sign_in', detail: provider, request });
    return startSession(tx.db, user, request);
  });
