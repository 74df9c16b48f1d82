import { ApprovalRef, DecideApprovalInput, ListApprovalsInput } from '@/lib/contracts/approvals';
import { orgProcedure, router } from '../trpc/procedures';
import { decideApproval } from './decide';
import * as approvals from './service';

export const approvalsRouter = router({
  list: orgProcedure.input(ListApprovalsInput).query(({ ctx, input }) => approvals.listApprovals(ctx.org, input)),
  count: orgProcedure.query(({ ctx }) => approvals.countApprovals(ctx.org)),
  get: orgProcedure.input(ApprovalRef).query(({ ctx, input }) => approvals.getApproval(ctx.org, input)),
  decide: orgProcedure.input(DecideApprovalInput).mutation(({ ctx, input }) => decideApproval(ctx.org, input)),
});
