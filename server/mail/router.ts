import { ListMailInput } from '@/lib/contracts/mail';
import { publicProcedure, router } from '../trpc/procedures';
import { listMailbox, mailboxState } from './service';

export const mailboxRouter = router({
  state: publicProcedure.query(() => mailboxState()),
  list: publicProcedure.input(ListMailInput).query(({ input }) => listMailbox(input)),
});
