import { signIn } from 'next-auth/react';

/** What came of signing in; `waitSeconds` when there were too many tries. */
export type Started = { ok: true } | { ok: false; waitSeconds: number | null };

async function start(provider: string, credentials: Record<string, string>): Promise<Started> {
  const { error, code } = await signIn(provider, { redirect: false, ...credentials });
  if (!error) return { ok: true };
  const wait = /^wait-(\d+)$/.exec(code ?? '')?.[1];
  return { ok: false, waitSeconds: wait ? Number(wait) : null };
}

/** Signs in in this browser with e-mail and password. */
export const startSession = (email: string, password: string): Promise<Started> =>
  start('credentials', { email, password });

/** Signs in with what a link in a mail was exchanged for, and goes on: a full load, so that nothing old stays in memory. */
export async function enterWithTicket(ticket: string, path: string): Promise<void> {
  await start('ticket', { ticket });
  window.location.assign(path);
}

const HERE = 'http://here.invalid';

/** Where to go after signing in: an address of ours only, read as a browser reads it (`/\t/elsewhere` leads away). */
export const safeNext = (next: string | undefined): string | null =>
  next?.startsWith('/') && URL.canParse(next, HERE) && new URL(next, HERE).origin === HERE ? next : null;
