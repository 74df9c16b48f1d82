import { hash, verify } from '@node-rs/argon2';
import { Invalid, LimitExceeded } from '../errors';

// OWASP's argon2id minimum: 19 MiB, two passes, one lane. About 40 ms of one core.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Hashing is the most expensive thing a stranger can ask for: few at once, and a short queue. */
const AT_ONCE = 2;
const MAX_WAITING = 100;

let busy = 0;
const waiting: (() => void)[] = [];

async function bounded<T>(work: () => Promise<T>): Promise<T> {
  if (busy >= AT_ONCE) {
    if (waiting.length >= MAX_WAITING)
      throw new LimitExceeded('Too many sign-ins at this moment. Try again shortly.', 5);
    await new Promise<void>((turn) => waiting.push(turn));
  } else busy += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else busy -= 1;
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

// Verified against when there is no such account, so that both answers take the same time.
let decoy: Promise<string> | undefined;

/** False for a wrong password and, after the same time, for no account at all. */
export async function verifyPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  decoy ??= hashPassword('no account has this password');
  const against = stored ?? (await decoy);
  const matches = await bounded(() => verify(against, password));
  return matches && stored != null;
}
