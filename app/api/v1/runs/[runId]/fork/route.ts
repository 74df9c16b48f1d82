import { endpoint } from '@/server/api/endpoint';
import { forkRunOperation } from '@/server/api/operations';
import { forkRun } from '@/server/runs/repair';
import { getRunSummary } from '@/server/runs/service';

export const POST = endpoint(forkRunOperation, async ({ ctx, params, body, once }) =>
  getRunSummary(ctx, (await forkRun(ctx, { ...params, ...body }, once)).id),
);
