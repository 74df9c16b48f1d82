import { hash, verify } from '@node-rs/argon2';
import { Invalid, LimitExceeded } from '../errors';

// OWASP's argon2id minimum: 19 MiB, two passes, one lane. About 40 ms of one core.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Hashing is the most expensive thing a stranger can ask for: few at once, and a short queue. */
const AT_ONCE = 2;
const MAX_WAITING = 100;

// Next bundles sign-in and sign-up apart; one process wants one queue.
const shared = globalThis as typeof globalThis & { musterHashing?: { busy: number; waiting: (() => void)[] } };
shared.musterHashing ??= { busy: 0, waiting: [] };
const queue = shared.musterHashing;

async function bounded<T>(work: () => Promise<T>): Promise<T> {
  if (queue.busy >= AT_ONCE) {
    if (queue.waiting.length >= MAX_WAITING)
      throw new LimitExceeded('Too many sign-ins at this moment. Try again shortly.', 5);
    await new Promise<void>((turn) => queue.waiting.push(turn));
  } else queue.busy += 1;
  try {
    return await work();
  } finally {
    const next = queue.waiting.shift();
    if (next) next();
    else queue.busy -= 1;
  }
}

const COMMON = new Set(
  `12345678 123456789 1234567890 password password1 password123 passw0rd qwertyui qwerty123 qwertyuiop 11111111 00000000
  88888888 12341234 1q2w3e4r 1qaz2wsx abcd1234 abc12345 iloveyou sunshine princess football baseball superman trustno1
  letmein1 welcome1 admin123 administrator changeme 87654321 asdfghjk asdfasdf zxcvbnm1 internet computer whatever
  michelle jennifer starwars dragon12 monkey12 master12 test1234 testtest secret12 hello123 p@ssw0rd`.split(/\s+/),
);

/** @throws Invalid when everybody would guess it. */
export function refuseCommonPassword(password: string, email: string): void {
  const lower = password.toLowerCase();
  if (!COMMON.has(lower) && lower !== email.toLowerCase()) return;
  throw new Invalid('This password is one of the first that anybody would try. Choose another.', {
    fields: { password: 'Too common. Choose another.' },
  });
}

export const hashPassword = (password: string): Promise<string> => bounded(() => hash(password, COST));

// Of random bytes that nobody kept. Verified against when there is no such account, so that both take the same time.
const DECOY = '$argon2id$v=19$m=19456,t=2,p=1$VbkvrRDt7RI0wxkT5wQ7KA$/pEZ4xdvOroAfMMhBGh5AexPC2Cmr1Qj2HixZvw83Ig';

/** False for a wrong password and, after the same time, for no account at all. */
export async function verifyPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  const matches = await bounded(() => verify(stored ?? DECOY, password));
  return matches && stored != null;
}
