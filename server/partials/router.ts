import {
  ChangePartialInput,
  CreatePartialInput,
  ListPartialsInput,
  ListPartialUsesInput,
  PartialRef,
} from '@/lib/contracts/partials';
import { orgProcedure, router } from '../trpc/procedures';
import * as partials from './service';

export const partialsRouter = router({
  list: orgProcedure.input(ListPartialsInput).query(({ ctx, input }) => partials.listPartials(ctx.org, input)),
  offered: orgProcedure.query(({ ctx }) => partials.listOfferedPartials(ctx.org)),
  get: orgProcedure.input(PartialRef).query(({ ctx, input }) => partials.getPartial(ctx.org, input)),
  uses: orgProcedure.input(ListPartialUsesInput).query(({ ctx, input }) => partials.listPartialUses(ctx.org, input)),
  create: orgProcedure.input(CreatePartialInput).mutation(({ ctx, input }) => partials.createPartial(ctx.org, input)),
  change: orgProcedure.input(ChangePartialInput).mutation(({ ctx, input }) => partials.changePartial(ctx.org, input)),
  delete: orgProcedure.input(PartialRef).mutation(({ ctx, input }) => partials.deletePartial(ctx.org, input)),
});
