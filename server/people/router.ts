import { z } from 'zod';
import { RevokeSessionInput, SignUpInput } from '@/lib/contracts/people';
import { publicProcedure, router, signedInProcedure } from '../trpc/procedures';
import { listSessions, revokeOwnSession, signOutEverywhere, signUp } from './service';

export const peopleRouter = router({
  signUp: publicProcedure.input(SignUpInput).mutation(({ ctx, input }) => signUp(input, ctx.request)),
  me: signedInProcedure.query(({ ctx }) => ctx.session.user),
  sessions: signedInProcedure.query(({ ctx }) => listSessions(ctx.session)),
  revokeSession: signedInProcedure
    .input(RevokeSessionInput)
    .mutation(({ ctx, input }) => revokeOwnSession(ctx.session, input.sessionId)),
  signOutEverywhere: signedInProcedure
    .input(z.object({ keepCurrent: z.boolean().default(false) }))
    .mutation(({ ctx, input }) => signOutEverywhere(ctx.session, input.keepCurrent)),
});
