import type {
  Account,
  ChangeEmailInput,
  IdentityProvider,
  OfferedProvider,
  RenamePersonInput,
} from '@/lib/contracts/people';
import { offeredProviders } from '../auth/providers';
import { hashToken, newToken } from '../auth/token';
import { asSystem, type RequestInfo, type SignedIn } from '../context';
import { Conflict, Invalid, NotFound, PreconditionFailed, Unauthorized } from '../errors';
import { sendMail } from '../mail/service';
import { withSystem } from '../system';
import { deleteIdentities, selectIdentities } from './identities';
import { deleteTokens, insertToken, takeToken } from './links';
import { addressTakenMail, confirmEmailMail, emailChangeNoticeMail } from './mails';
import { mayMail } from './paces';
import { requireOwnPassword } from './passwords';
import { type Db, findUser, findUserByEmail, revokeSessions, updateEmail, updateUser } from './queries';
import { insertSecurityEvent } from './security-log';
import { deadLink } from './sign-up';

const CHANGE_SECONDS = 24 * 3600;

/** The ways to sign in besides a password. */
export const listProviders = (): OfferedProvider[] => offeredProviders();

export const viewAccount = ({ user }: SignedIn): Promise<Account> => asSystem((db) => readAccount(db, user.id));

async function readAccount(db: Db, userId: string): Promise<Account> {
  const user = await findUser(db, userId);
  if (!user) throw new Unauthorized('Sign in first.');
  const identities = await selectIdentities(db, userId);
  return { name: user.name, email: user.email, hasPassword: user.passwordHash !== null, identities };
}

export const renamePerson = ({ user }: SignedIn, { name }: RenamePersonInput): Promise<void> =>
  asSystem((db) => updateUser(db, user.id, { name: name.trim() }));

/**
 * Asks for another address. It takes effect when the link that is mailed there is opened; the old address is told now.
 * Whether the new one has an account, only its holder learns.
 * @throws as `requireOwnPassword`; Invalid for the address one has.
 */
export async function requestEmailChange(
  session: SignedIn,
  input: ChangeEmailInput,
  request: RequestInfo,
): Promise<void> {
  const user = await requireOwnPassword(session, input.currentPassword);
  const email = input.email.toLowerCase();
  if (email === user.email) {
    throw new Invalid('This is your address already.', { fields: { email: 'This is your address already.' } });
  }
  if (!(await mayMail(email))) return;
  const token = newToken();
  await withSystem(async (tx) => {
    await deleteTokens(tx.db, user.id, 'change_email');
    const link = { tokenHash: hashToken(token), purpose: 'change_email', userId: user.id, email } as const;
    await insertToken(tx.db, { ...link, sessionId: session.sessionId }, CHANGE_SECONDS);
    const isTaken = (await findUserByEmail(tx.db, email)) !== undefined;
    await insertSecurityEvent(tx.db, user.id, { kind: 'email.change_requested', detail: email, request });
    await sendMail(tx, emailChangeNoticeMail(user.email, email));
    await sendMail(tx, isTaken ? addressTakenMail(email) : confirmEmailMail(email, token));
  });
}

/**
 * The new address is proven: it becomes the account's, and other browsers are signed out.
 * @throws Invalid for a link that is used or over, Conflict when somebody has the address by now.
 */
export const confirmEmailChange = ({ token }: { token: string }, request: RequestInfo): Promise<{ email: string }> =>
  asSystem(async (db) => {
    const change = await takeToken(db, hashToken(token), 'change_email');
    const user = change && (await findUser(db, change.userId));
    if (!change?.email || !user || user.disabledAt) throw deadLink();
    if (!(await updateEmail(db, user.id, change.email))) throw new Conflict('This address has an account by now.');
    await deleteTokens(db, user.id);
    await revokeSessions(db, user.id, { except: change.sessionId });
    await insertSecurityEvent(db, user.id, {
      kind: 'email.changed',
      detail: `${user.email} → ${change.email}`,
      request,
    });
    return { email: change.email };
  });

/** An account elsewhere signs in no more. @throws PreconditionFailed for the last way in, NotFound for one that is none. */
export const disconnectIdentity = ({ user }: SignedIn, provider: IdentityProvider, request: RequestInfo) =>
  asSystem(async (db) => {
    const { hasPassword, identities } = await readAccount(db, user.id);
    if (!identities.some((identity) => identity.provider === provider)) throw new NotFound('connected account');
    if (!hasPassword && identities.length === 1) {
      throw new PreconditionFailed('Nothing else signs you in. Choose a password by “Forgot your password?” first.');
    }
    await deleteIdentities(db, user.id, provider);
    await insertSecurityEvent(db, user.id, { kind: 'identity.disconnected', detail: provider, request });
  });
