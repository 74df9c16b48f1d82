import { BudgetRef, ChangeBudgetInput, CreateBudgetInput, ListTargetsInput } from '@/lib/contracts/budgets';
import { orgProcedure, router } from '../trpc/procedures';
import * as budgets from './service';

export const budgetsRouter = router({
  list: orgProcedure.query(({ ctx }) => budgets.listBudgets(ctx.org)),
  targets: orgProcedure.input(ListTargetsInput).query(({ ctx, input }) => budgets.listTargets(ctx.org, input)),
  create: orgProcedure.input(CreateBudgetInput).mutation(({ ctx, input }) => budgets.createBudget(ctx.org, input)),
  change: orgProcedure.input(ChangeBudgetInput).mutation(({ ctx, input }) => budgets.changeBudget(ctx.org, input)),
  delete: orgProcedure.input(BudgetRef).mutation(({ ctx, input }) => budgets.deleteBudget(ctx.org, input)),
});
