import { endpoint } from '@/server/api/endpoint';
import { cancelRunOperation } from '@/server/api/operations';
import { cancelRun } from '@/server/runs/service';

export const POST = endpoint(cancelRunOperation, ({ ctx, params }) => cancelRun(ctx, params));
