import 'server-only';
import { headers } from 'next/headers';
import NextAuth, { AuthError, CredentialsSignin, type DefaultSession } from 'next-auth';
import Credentials from 'next-auth/providers/credentials';
import { SignInInput, Token } from '@/lib/contracts/people';
import { env } from '@/lib/env';
import { LimitExceeded, Unavailable } from '../errors';
import { log } from '../log';
import {
  checkSession,
  endSession,
  SESSION_SECONDS,
  signIn,
  signInWithProvider,
  signInWithTicket,
} from '../people/service';
import { requestInfo } from '../request-info';
import { configuredProviders, readClaims } from './providers';

declare module 'next-auth' {
  interface Session {
    sessionId?: string;
    /** The database was away: it is not known whether they are still signed in. */
    isUnchecked?: boolean;
    user: { id: string } & DefaultSession['user'];
  }
  interface User {
    sessionId?: string;
  }
}
declare module '@auth/core/jwt' {
  interface JWT {
    sessionId?: string;
    isUnchecked?: boolean;
  }
}

/** Tells the browser how many seconds to wait; the route makes a 429 of it. */
class TooManyTries extends CredentialsSignin {
  constructor({ retryAfterSeconds = 5 }: LimitExceeded) {
    super();
    this.code = `wait-${retryAfterSeconds}`;
  }
}

/** next-auth knows one kind of failure that is not ours to log. */
async function credible<T>(attempt: Promise<T>): Promise<T> {
  try {
    return await attempt;
  } catch (error) {
    throw error instanceof LimitExceeded ? new TooManyTries(error) : error;
  }
}

// The doing of whoever asks, not the server's.
const EXPECTED = new Set([
  'CredentialsSignin',
  'OAuthCallbackError',
  'AccessDenied',
  'InvalidCheck',
  'MissingCSRF',
  'JWTSessionError',
]);
// By its type: the build shortens the names of classes.
const isExpected = (error: Error): boolean => error instanceof AuthError && EXPECTED.has(error.type);

/**
 * next-auth: e-mail and password, links, and accounts elsewhere. The cookie is a signed token with the id of a row in
 * `sessions`; every request checks the row, which is what makes a session revocable at once.
 */
export const { handlers, auth } = NextAuth({
  secret: env.AUTH_SECRET,
  trustHost: true,
  session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
  pages: { signIn: '/sign-in', error: '/sign-in' },
  logger: {
    error: (error) => log[isExpected(error) ? 'debug' : 'error']({ err: error }, 'auth'),
    warn: (code) => log.debug({ code }, 'auth'),
    debug: () => {},
  },
  providers: [
    Credentials({
      credentials: { email: {}, password: {} },
      async authorize(credentials, request) {
        const input = SignInInput.safeParse(credentials);
        return input.success ? credible(signIn(input.data, requestInfo(request.headers))) : null;
      },
    }),
    Credentials({
      id: 'ticket',
      credentials: { ticket: {} },
      async authorize({ ticket }, request) {
        const token = Token.safeParse(ticket);
        return token.success ? signInWithTicket(token.data, requestInfo(request.headers)) : null;
      },
    }),
    ...configuredProviders(),
  ],
  callbacks: {
    async signIn({ user, account, profile }) {
      if (!account || account.type === 'credentials') return true;
      if (!profile) return false;
      const person = await signInWithProvider(readClaims(account, profile), requestInfo(await headers()));
      if (typeof person === 'string') return `/sign-in?error=${person}`;
      // What next-auth made up of the profile becomes who they are here, session and all.
      Object.assign(user, person);
      return true;
    },
    async jwt({ token, user }) {
      if (user?.sessionId) return { sub: user.id, name: user.name, email: user.email, sessionId: user.sessionId };
      try {
        const person = token.sessionId && (await checkSession(token.sessionId));
        return person ? { ...token, name: person.name, email: person.email, isUnchecked: false } : null;
      } catch (error) {
        // Nobody is signed out because the database is away; and nobody is let in.
        if (error instanceof Unavailable) return { ...token, isUnchecked: true };
        throw error;
      }
    },
    session({ session, token }) {
      if (token.isUnchecked) return { ...session, isUnchecked: true };
      session.sessionId = token.sessionId;
      if (token.sub) session.user.id = token.sub;
      return session;
    },
  },
  events: {
    async signOut(message) {
      if ('token' in message && message.token?.sessionId) await endSession(message.token.sessionId);
    },
  },
});
