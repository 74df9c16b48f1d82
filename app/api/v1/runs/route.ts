import { endpoint } from '@/server/api/endpoint';
import { listRunsOperation } from '@/server/api/operations';
import { listRuns } from '@/server/runs/service';

export const GET = endpoint(listRunsOperation, ({ ctx, query }) =>
  listRuns(ctx, { ...query, status: query.status ?? [], trigger: query.trigger ?? [] }),
);
