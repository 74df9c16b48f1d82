import type { OwnerFile } from '../scripts/first-organization';

/** Signs the owner in as the sign-in page does. @returns the header that pages want */
export async function signIn(url: string, { email, password }: OwnerFile): Promise<{ cookie: string }> {
  const first = await fetch(`${url}/api/auth/csrf`);
  const { csrfToken } = (await first.json()) as { csrfToken: string };
  const second = await fetch(`${url}/api/auth/callback/credentials`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: cookies(first) },
    body: new URLSearchParams({ csrfToken, email, password }),
  });
  const cookie = cookies(second);
  if (!cookie.includes('session-token')) throw new Error(`Signing in was answered with ${second.status}.`);
  return { cookie };
}

const cookies = ({ headers }: Response): string =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
