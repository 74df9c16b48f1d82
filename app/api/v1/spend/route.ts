import { endpoint } from '@/server/api/endpoint';
import { getSpendOperation } from '@/server/api/operations';
import { getSpend } from '@/server/ledger/service';

export const GET = endpoint(getSpendOperation, ({ ctx, query }) => getSpend(ctx, query));
