import { endpoint } from '@/server/api/endpoint';
import { decideApprovalOperation } from '@/server/api/operations';
import { decideApproval } from '@/server/approvals/decide';

export const POST = endpoint(decideApprovalOperation, ({ ctx, params, body }) =>
  decideApproval(ctx, { ...params, decision: body }),
);
