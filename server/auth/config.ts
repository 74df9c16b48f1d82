import 'server-only';
import NextAuth, { type DefaultSession } from 'next-auth';
import Credentials from 'next-auth/providers/credentials';
import { SignInInput } from '@/lib/contracts/people';
import { env } from '@/lib/env';
import { log } from '../log';
import { checkSession, endSession, SESSION_SECONDS, signIn } from '../people/service';
import { requestInfo } from '../request-info';

declare module 'next-auth' {
  interface Session {
    sessionId?: string;
    user: { id: string } & DefaultSession['user'];
  }
  interface User {
    sessionId?: string;
  }
}
declare module '@auth/core/jwt' {
  interface JWT {
    sessionId?: string;
  }
}

/**
 * next-auth: e-mail and password. The cookie is a signed token with the id of a row in `sessions`; every request checks
 * the row, which is what makes a session revocable at once.
 */
export const { handlers, auth } = NextAuth({
  secret: env.AUTH_SECRET,
  trustHost: true,
  session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
  pages: { signIn: '/sign-in' },
  logger: {
    error: (error) => log[error.name === 'CredentialsSignin' ? 'debug' : 'error']({ err: error }, 'auth'),
    warn: (code) => log.debug({ code }, 'auth'),
    debug: () => {},
  },
  providers: [
    Credentials({
      credentials: { email: {}, password: {} },
      async authorize(credentials, request) {
        const input = SignInInput.safeParse(credentials);
        return input.success ? signIn(input.data, requestInfo(request.headers)) : null;
      },
    }),
  ],
  callbacks: {
    async jwt({ token, user }) {
      if (user?.sessionId) return { sub: user.id, name: user.name, email: user.email, sessionId: user.sessionId };
      return token.sessionId && (await checkSession(token.sessionId)) ? token : null;
    },
    session({ session, token }) {
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
