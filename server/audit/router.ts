import { ListAuditInput } from '@/lib/contracts/people';
import { orgProcedure, router } from '../trpc/procedures';
import { listAudit } from './service';

export const auditRouter = router({
  list: orgProcedure.input(ListAuditInput).query(({ ctx, input }) => listAudit(ctx.org, input)),
});
