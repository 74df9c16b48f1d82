import { z } from 'zod';
import { Page } from '@/lib/contracts/paging';
import {
  ChangeEmailInput,
  ChangePasswordInput,
  ConfirmEmailInput,
  ConfirmSignUpInput,
  DisconnectInput,
  RenamePersonInput,
  RequestResetInput,
  ResetPasswordInput,
  RevokeSessionInput,
  SignUpInput,
} from '@/lib/contracts/people';
import { publicProcedure, router, signedInProcedure } from '../trpc/procedures';
import {
  confirmEmailChange,
  disconnectIdentity,
  listProviders,
  renamePerson,
  requestEmailChange,
  viewAccount,
} from './account';
import { changePassword, requestReset, resetPassword } from './passwords';
import { listSecurityEvents, listSessions, revokeOwnSession, signOutEverywhere } from './sessions';
import { confirmSignUp, signUp } from './sign-up';

export const peopleRouter = router({
  providers: publicProcedure.query(() => listProviders()),
  signUp: publicProcedure.input(SignUpInput).mutation(({ ctx, input }) => signUp(input, ctx.request)),
  confirmSignUp: publicProcedure
    .input(ConfirmSignUpInput)
    .mutation(({ ctx, input }) => confirmSignUp(input, ctx.request)),
  requestReset: publicProcedure.input(RequestResetInput).mutation(({ ctx, input }) => requestReset(input, ctx.request)),
  resetPassword: publicProcedure
    .input(ResetPasswordInput)
    .mutation(({ ctx, input }) => resetPassword(input, ctx.request)),
  confirmEmailChange: publicProcedure
    .input(ConfirmEmailInput)
    .mutation(({ ctx, input }) => confirmEmailChange(input, ctx.request)),
  account: signedInProcedure.query(({ ctx }) => viewAccount(ctx.session)),
  rename: signedInProcedure.input(RenamePersonInput).mutation(({ ctx, input }) => renamePerson(ctx.session, input)),
  changePassword: signedInProcedure
    .input(ChangePasswordInput)
    .mutation(({ ctx, input }) => changePassword(ctx.session, input, ctx.request)),
  requestEmailChange: signedInProcedure
    .input(ChangeEmailInput)
    .mutation(({ ctx, input }) => requestEmailChange(ctx.session, input, ctx.request)),
  disconnect: signedInProcedure
    .input(DisconnectInput)
    .mutation(({ ctx, input }) => disconnectIdentity(ctx.session, input.provider, ctx.request)),
  sessions: signedInProcedure.query(({ ctx }) => listSessions(ctx.session)),
  revokeSession: signedInProcedure
    .input(RevokeSessionInput)
    .mutation(({ ctx, input }) => revokeOwnSession(ctx.session, input.sessionId, ctx.request)),
  signOutEverywhere: signedInProcedure
    .input(z.object({ keepCurrent: z.boolean().default(false) }))
    .mutation(({ ctx, input }) => signOutEverywhere(ctx.session, input.keepCurrent, ctx.request)),
  securityEvents: signedInProcedure.input(Page).query(({ ctx, input }) => listSecurityEvents(ctx.session, input)),
});
