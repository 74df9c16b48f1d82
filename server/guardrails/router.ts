import { TryGuardsInput } from '@/lib/contracts/guardrails';
import { orgProcedure, router } from '../trpc/procedures';
import { tryGuards } from './service';

export const guardrailsRouter = router({
  try: orgProcedure.input(TryGuardsInput).mutation(({ ctx, input, signal }) => tryGuards(ctx.org, input, signal)),
});
