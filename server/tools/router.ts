import {
  ChangeMcpServerInput,
  ChangeMcpToolInput,
  CreateMcpServerInput,
  JudgeMcpToolInput,
  McpServerRef,
} from '@/lib/contracts/mcp';
import { ImportOpenApiInput, ReadOpenApiInput } from '@/lib/contracts/openapi';
import { ChangeToolInput, CreateToolInput, ListToolsInput, ToolRef, TryToolInput } from '@/lib/contracts/tools';
import { orgProcedure, router } from '../trpc/procedures';
import * as servers from './mcp/service';
import * as openApi from './openapi/service';
import * as tools from './service';
import { tryTool } from './try-tool';

const serversRouter = router({
  list: orgProcedure.query(({ ctx }) => servers.listServers(ctx.org)),
  get: orgProcedure.input(McpServerRef).query(({ ctx, input }) => servers.getServer(ctx.org, input)),
  create: orgProcedure.input(CreateMcpServerInput).mutation(({ ctx, input }) => servers.createServer(ctx.org, input)),
  change: orgProcedure.input(ChangeMcpServerInput).mutation(({ ctx, input }) => servers.changeServer(ctx.org, input)),
  delete: orgProcedure.input(McpServerRef).mutation(({ ctx, input }) => servers.deleteServer(ctx.org, input)),
  refresh: orgProcedure.input(McpServerRef).mutation(({ ctx, input }) => servers.refreshServer(ctx.org, input)),
  changeTool: orgProcedure
    .input(ChangeMcpToolInput)
    .mutation(({ ctx, input }) => servers.changeServerTool(ctx.org, input)),
  judgeTool: orgProcedure
    .input(JudgeMcpToolInput)
    .mutation(({ ctx, input }) => servers.judgeServerTool(ctx.org, input)),
});

const openApiRouter = router({
  read: orgProcedure
    .input(ReadOpenApiInput)
    .mutation(({ ctx, input, signal }) => openApi.readOpenApi(ctx.org, input, undefined, signal)),
  import: orgProcedure
    .input(ImportOpenApiInput)
    .mutation(({ ctx, input, signal }) => openApi.importOpenApi(ctx.org, input, undefined, signal)),
});

export const toolsRouter = router({
  openApi: openApiRouter,
  servers: serversRouter,
  offered: orgProcedure.query(({ ctx }) => tools.listOfferedTools(ctx.org)),
  list: orgProcedure.input(ListToolsInput).query(({ ctx, input }) => tools.listTools(ctx.org, input)),
  get: orgProcedure.input(ToolRef).query(({ ctx, input }) => tools.getTool(ctx.org, input)),
  create: orgProcedure.input(CreateToolInput).mutation(({ ctx, input }) => tools.createTool(ctx.org, input)),
  change: orgProcedure.input(ChangeToolInput).mutation(({ ctx, input }) => tools.changeTool(ctx.org, input)),
  delete: orgProcedure.input(ToolRef).mutation(({ ctx, input }) => tools.deleteTool(ctx.org, input)),
  try: orgProcedure.input(TryToolInput).mutation(({ ctx, input, signal }) => tryTool(ctx.org, input, signal)),
});
