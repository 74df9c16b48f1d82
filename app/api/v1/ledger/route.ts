import { endpoint } from '@/server/api/endpoint';
import { listLedgerOperation } from '@/server/api/operations';
import { listLedger } from '@/server/ledger/service';

export const GET = endpoint(listLedgerOperation, ({ ctx, query }) => listLedger(ctx, query));
