import 'server-only';
import type { SignedIn } from '../context';
import { Unavailable } from '../errors';
import { auth } from './config';

/**
 * Who is signed in on this request; null for nobody, and at once after the session was revoked.
 * @throws Unavailable while the database is away
 */
export async function currentSession(): Promise<SignedIn | null> {
  const session = await auth();
  if (session?.isUnchecked) throw new Unavailable();
  const { user, sessionId } = session ?? {};
  if (!sessionId || !user?.id || !user.email) return null;
  return { user: { id: user.id, name: user.name ?? user.email, email: user.email }, sessionId };
}
