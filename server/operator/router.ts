import { ListRunnerRunsInput, RunnerRunInput } from '@/lib/contracts/operator';
import { operatorProcedure, router, signedInProcedure } from '../trpc/procedures';
import { cancelRunnerRun, getRunnerRun, listRunnerRuns, retryRunnerRun, viewRunner } from './runner';
import { isOperator } from './service';

export const operatorRouter = router({
  /** Whether the person looking is the operator, for the menu. */
  me: signedInProcedure.query(({ ctx }) => isOperator(ctx.session)),
  runner: operatorProcedure.query(() => viewRunner()),
  runs: operatorProcedure.input(ListRunnerRunsInput).query(({ input }) => listRunnerRuns(input)),
  run: operatorProcedure.input(RunnerRunInput).query(({ input }) => getRunnerRun(input)),
  retry: operatorProcedure.input(RunnerRunInput).mutation(({ ctx, input }) => retryRunnerRun(ctx.session, input)),
  cancel: operatorProcedure.input(RunnerRunInput).mutation(({ ctx, input }) => cancelRunnerRun(ctx.session, input)),
});
