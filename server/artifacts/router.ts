import { RunRef } from '@/lib/contracts/runs';
import { orgProcedure, router } from '../trpc/procedures';
import * as artifacts from './service';

export const artifactsRouter = router({
  list: orgProcedure.input(RunRef).query(({ ctx, input }) => artifacts.listArtifacts(ctx.org, input)),
});
