import { endpoint } from '@/server/api/endpoint';
import { retryRunOperation } from '@/server/api/operations';
import { retryRun } from '@/server/runs/repair';
import { getRunSummary } from '@/server/runs/service';

export const POST = endpoint(retryRunOperation, async ({ ctx, params, once }) =>
  getRunSummary(ctx, (await retryRun(ctx, params, once)).id),
);
