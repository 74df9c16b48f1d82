import { endpoint } from '@/server/api/endpoint';
import { getRunOperation } from '@/server/api/operations';
import { getRun } from '@/server/runs/service';

export const GET = endpoint(getRunOperation, ({ ctx, params }) => getRun(ctx, params));
