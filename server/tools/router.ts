import { orgProcedure, router } from '../trpc/procedures';
import * as tools from './service';

export const toolsRouter = router({
  offered: orgProcedure.query(({ ctx }) => tools.listOfferedTools(ctx.org)),
});
