import { endpoint } from '@/server/api/endpoint';
import { getApprovalOperation } from '@/server/api/operations';
import { getApproval } from '@/server/approvals/service';

export const GET = endpoint(getApprovalOperation, ({ ctx, params }) => getApproval(ctx, params));
