import { signIn } from 'next-auth/react';

/** Signs in in this browser; false for a wrong address or password. */
export async function startSession(email: string, password: string): Promise<boolean> {
  const answer = await signIn('credentials', { redirect: false, email, password });
  return !answer.error;
}

/** Where to go after signing in: an address of ours only. */
export const safeNext = (next: string | undefined): string | null =>
  next?.startsWith('/') && !next.startsWith('//') && !next.includes('\\') ? next : null;
