import { ChangeToolInput, CreateToolInput, ListToolsInput, ToolRef, TryToolInput } from '@/lib/contracts/tools';
import { orgProcedure, router } from '../trpc/procedures';
import * as tools from './service';
import { tryTool } from './try-tool';

export const toolsRouter = router({
  offered: orgProcedure.query(({ ctx }) => tools.listOfferedTools(ctx.org)),
  list: orgProcedure.input(ListToolsInput).query(({ ctx, input }) => tools.listTools(ctx.org, input)),
  get: orgProcedure.input(ToolRef).query(({ ctx, input }) => tools.getTool(ctx.org, input)),
  create: orgProcedure.input(CreateToolInput).mutation(({ ctx, input }) => tools.createTool(ctx.org, input)),
  change: orgProcedure.input(ChangeToolInput).mutation(({ ctx, input }) => tools.changeTool(ctx.org, input)),
  delete: orgProcedure.input(ToolRef).mutation(({ ctx, input }) => tools.deleteTool(ctx.org, input)),
  try: orgProcedure.input(TryToolInput).mutation(({ ctx, input, signal }) => tryTool(ctx.org, input, signal)),
});
