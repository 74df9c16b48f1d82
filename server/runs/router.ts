import { tracked } from '@trpc/server';
import {
  AnswerQuestionInput,
  CountNewRunsInput,
  ListRunsInput,
  RunRef,
  SpanRef,
  StartRunInput,
  WatchRunInput,
} from '@/lib/contracts/runs';
import { orgProcedure, router } from '../trpc/procedures';
import * as runs from './service';
import { watchRun } from './watch';

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
  rerun: orgProcedure.input(RunRef).mutation(({ ctx, input }) => runs.rerunRun(ctx.org, input)),
  cancel: orgProcedure.input(RunRef).mutation(({ ctx, input }) => runs.cancelRun(ctx.org, input)),
  answer: orgProcedure.input(AnswerQuestionInput).mutation(({ ctx, input }) => runs.answerQuestion(ctx.org, input)),
  watch: orgProcedure.input(WatchRunInput).subscription(async function* ({ ctx, input, signal }) {
    const until = signal ?? new AbortController().signal;
    for await (const { id, event } of watchRun(ctx.org, input, until)) yield tracked(id, event);
    // A generator that returns makes the browser connect again: the watcher leaves after `end`, not we.
    await new Promise<void>((left) => until.addEventListener('abort', () => left(), { once: true }));
  }),
});
