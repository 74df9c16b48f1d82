import { ListMailInput } from '@/lib/contracts/mail';
import { publicProcedure, router } from '../trpc/procedures';
import { listMailbox, mailboxState } from './service';

export const mailboxRouter = router({
  state: publicProcedure.query(({ ctx }) => mailboxState(ctx.session)),
  list: publicProcedure.input(ListMailInput).query(({ ctx, input }) => listMailbox(ctx.session, input)),
});
