import { tracked } from '@trpc/server';
import { CompareRunsInput, ForkRunInput, RerunRunInput } from '@/lib/contracts/repair';
import { CountNewRunsInput, ListRunsInput, RunRef, SpanRef, StartRunInput, WatchRunInput } from '@/lib/contracts/runs';
import { orgProcedure, router } from '../trpc/procedures';
import { compareRuns } from './compare';
import * as repair from './repair';
import * as runs from './service';
import { orStopping, watchRun } from './watch';

export const runsRouter = router({
  list: orgProcedure.input(ListRunsInput).query(({ ctx, input }) => runs.listRuns(ctx.org, input)),
  countNew: orgProcedure.input(CountNewRunsInput).query(({ ctx, input }) => runs.countNewRuns(ctx.org, input)),
  overview: orgProcedure.query(({ ctx }) => runs.overview(ctx.org)),
  get: orgProcedure.input(RunRef).query(({ ctx, input }) => runs.getRun(ctx.org, input)),
  span: orgProcedure.input(SpanRef).query(({ ctx, input }) => runs.getSpan(ctx.org, input)),
  start: orgProcedure.input(StartRunInput).mutation(async ({ ctx, input }) => {
    const { id } = await runs.startRun(ctx.org, input, input.version === 'draft' ? 'editor' : 'app');
    return runs.getRunSummary(ctx.org, id);
  }),
  retry: orgProcedure.input(RunRef).mutation(({ ctx, input }) => repair.retryRun(ctx.org, input)),
  rerun: orgProcedure.input(RerunRunInput).mutation(({ ctx, input }) => repair.rerunRun(ctx.org, input)),
  fork: orgProcedure.input(ForkRunInput).mutation(({ ctx, input }) => repair.forkRun(ctx.org, input)),
  lineage: orgProcedure.input(RunRef).query(({ ctx, input }) => repair.getLineage(ctx.org, input)),
  compare: orgProcedure.input(CompareRunsInput).query(({ ctx, input }) => compareRuns(ctx.org, input)),
  cancel: orgProcedure.input(RunRef).mutation(({ ctx, input }) => runs.cancelRun(ctx.org, input)),
  watch: orgProcedure.input(WatchRunInput).subscription(async function* ({ ctx, input, signal }) {
    const until = orStopping(signal);
    for await (const { id, event } of watchRun(ctx.org, input, until)) yield tracked(id, event);
    // A generator that returns makes the browser connect again: the watcher leaves after `end`, not we.
    await new Promise<void>((left) => until.addEventListener('abort', () => left(), { once: true }));
  }),
});
