const KEY = 'muster.sign-up';

/**
 * What only this browser knows. Sent with a sign-up and again with the link that confirms it, it shows that both are
 * done by the same person, who then need not type the password again.
 */
export function signUpReceipt(): string | undefined {
  try {
    const kept = localStorage.getItem(KEY);
    if (kept) return kept;
    const made = crypto.randomUUID();
    localStorage.setItem(KEY, made);
    return made;
  } catch {
    return undefined; // a browser that stores nothing
  }
}

/** The receipt of a sign-up in this browser, if there was one. */
export function keptReceipt(): string | undefined {
  try {
    return localStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}
