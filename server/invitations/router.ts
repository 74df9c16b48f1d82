import { CreateInvitationInput, InvitationLink, InvitationRef, JoinInput } from '@/lib/contracts/people';
import { orgProcedure, publicProcedure, router, signedInProcedure } from '../trpc/procedures';
import * as invitations from './service';

export const invitationsRouter = router({
  list: orgProcedure.query(({ ctx }) => invitations.listInvitations(ctx.org)),
  create: orgProcedure
    .input(CreateInvitationInput)
    .mutation(({ ctx, input }) => invitations.createInvitation(ctx.org, input)),
  resend: orgProcedure.input(InvitationRef).mutation(({ ctx, input }) => invitations.resendInvitation(ctx.org, input)),
  revoke: orgProcedure.input(InvitationRef).mutation(({ ctx, input }) => invitations.revokeInvitation(ctx.org, input)),
  view: publicProcedure
    .input(InvitationLink)
    .query(({ ctx, input }) => invitations.viewInvitation(input.token, ctx.request)),
  accept: signedInProcedure
    .input(InvitationLink)
    .mutation(({ ctx, input }) => invitations.acceptInvitation(ctx.session, input.token, ctx.request)),
  join: publicProcedure
    .input(JoinInput)
    .mutation(({ ctx, input }) => invitations.joinWithNewAccount(input, ctx.request)),
});
