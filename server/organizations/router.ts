import {
  ChangeRoleInput,
  CreateOrganizationInput,
  CreateWorkspaceInput,
  RemoveMemberInput,
  RenameOrganizationInput,
  TransferOwnershipInput,
} from '@/lib/contracts/people';
import { orgProcedure, router, signedInProcedure } from '../trpc/procedures';
import * as organizations from './service';

export const organizationsRouter = router({
  mine: signedInProcedure.query(({ ctx }) => organizations.listMyOrganizations(ctx.session)),
  create: signedInProcedure
    .input(CreateOrganizationInput)
    .mutation(({ ctx, input }) => organizations.createOrganization(ctx.session, input, ctx.request)),
  view: orgProcedure.query(({ ctx }) => organizations.viewOrganization(ctx.org, ctx.session)),
  rename: orgProcedure
    .input(RenameOrganizationInput)
    .mutation(({ ctx, input }) => organizations.renameOrganization(ctx.org, input)),
});

export const workspacesRouter = router({
  list: orgProcedure.query(({ ctx }) => organizations.listWorkspaces(ctx.org)),
  create: orgProcedure
    .input(CreateWorkspaceInput)
    .mutation(({ ctx, input }) => organizations.createWorkspace(ctx.org, input)),
});

export const membersRouter = router({
  list: orgProcedure.query(({ ctx }) => organizations.listMembers(ctx.org)),
  changeRole: orgProcedure
    .input(ChangeRoleInput)
    .mutation(({ ctx, input }) => organizations.changeRole(ctx.org, input)),
  remove: orgProcedure
    .input(RemoveMemberInput)
    .mutation(({ ctx, input }) => organizations.removeMember(ctx.org, input)),
  transferOwnership: orgProcedure
    .input(TransferOwnershipInput)
    .mutation(({ ctx, input }) => organizations.transferOwnership(ctx.org, input)),
});
