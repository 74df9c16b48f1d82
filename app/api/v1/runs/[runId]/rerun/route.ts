import { endpoint } from '@/server/api/endpoint';
import { rerunRunOperation } from '@/server/api/operations';
import { rerunRun } from '@/server/runs/repair';
import { getRunSummary } from '@/server/runs/service';

export const POST = endpoint(rerunRunOperation, async ({ ctx, params, body, once }) =>
  getRunSummary(ctx, (await rerunRun(ctx, { ...params, ...body }, once)).id),
);
