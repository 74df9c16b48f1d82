import 'server-only';
import type { SignedIn } from '../context';
import { auth } from './config';

/** Who is signed in on this request; null for nobody, and at once after the session was revoked. */
export async function currentSession(): Promise<SignedIn | null> {
  const session = await auth();
  const { user, sessionId } = session ?? {};
  if (!sessionId || !user?.id || !user.email) return null;
  return { user: { id: user.id, name: user.name ?? user.email, email: user.email }, sessionId };
}
