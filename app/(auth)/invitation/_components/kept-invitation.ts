'use client';

import { useLinkToken } from '../../_components/link-token';

const KEY = 'muster.invitation';

/** Keeps the invitation in this tab while its person signs in; in no address, so that no server writes it down. */
export const keepInvitation = (token: string): void => sessionStorage.setItem(KEY, token);
export const forgetInvitation = (): void => sessionStorage.removeItem(KEY);

/** The invitation of the address or, back from signing in, the kept one; null while the page is not alive yet. */
export function useInvitationToken(): string | null {
  const token = useLinkToken();
  return token === '' ? (sessionStorage.getItem(KEY) ?? '') : token;
}
