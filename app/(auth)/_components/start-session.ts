import { signIn } from 'next-auth/react';

/** Signs in in this browser; false for a wrong address or password. */
export async function startSession(email: string, password: string): Promise<boolean> {
  const answer = await signIn('credentials', { redirect: false, email, password });
  return !answer.error;
}

const HERE = 'http://here.invalid';

/** Where to go after signing in: an address of ours only, read as a browser reads it (`/\t/elsewhere` leads away). */
export const safeNext = (next: string | undefined): string | null =>
  next?.startsWith('/') && URL.canParse(next, HERE) && new URL(next, HERE).origin === HERE ? next : null;
