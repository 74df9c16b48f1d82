import { ListLedgerInput, SpendInput } from '@/lib/contracts/ledger';
import { orgProcedure, router } from '../trpc/procedures';
import * as ledger from './service';

export const ledgerRouter = router({
  spend: orgProcedure.input(SpendInput).query(({ ctx, input }) => ledger.getSpend(ctx.org, input)),
  list: orgProcedure.input(ListLedgerInput).query(({ ctx, input }) => ledger.listLedger(ctx.org, input)),
  check: orgProcedure.query(async ({ ctx }) => (await ledger.findLedgerCheck(ctx.org)) ?? null),
});
