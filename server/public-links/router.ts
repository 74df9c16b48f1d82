import { AgentRef } from '@/lib/contracts/agents';
import { ChangePublicLinkInput, MakePublicLinkInput, PublicLinkRef } from '@/lib/contracts/public-links';
import { orgProcedure, publicProcedure, router } from '../trpc/procedures';
import * as links from './service';

export const publicLinksRouter = router({
  find: orgProcedure.input(AgentRef).query(({ ctx, input }) => links.findPublicLink(ctx.org, input)),
  make: orgProcedure.input(MakePublicLinkInput).mutation(({ ctx, input }) => links.makePublicLink(ctx.org, input)),
  change: orgProcedure
    .input(ChangePublicLinkInput)
    .mutation(({ ctx, input }) => links.changePublicLink(ctx.org, input)),
  page: publicProcedure.input(PublicLinkRef).query(({ ctx, input }) => links.openPage(input.token, ctx.request)),
});
