import { endpoint } from '@/server/api/endpoint';
import { listApprovalsOperation } from '@/server/api/operations';
import { listApprovals } from '@/server/approvals/service';

export const GET = endpoint(listApprovalsOperation, ({ ctx, query }) => listApprovals(ctx, query));
