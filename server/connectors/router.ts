import { ChangeConnectorInput, ConnectorRef, CreateConnectorInput } from '@/lib/contracts/connectors';
import { orgProcedure, router } from '../trpc/procedures';
import * as connectors from './service';

export const connectorsRouter = router({
  list: orgProcedure.query(({ ctx }) => connectors.listConnectors(ctx.org)),
  attachable: orgProcedure.query(({ ctx }) => connectors.listAttachable(ctx.org)),
  get: orgProcedure.input(ConnectorRef).query(({ ctx, input }) => connectors.getConnector(ctx.org, input)),
  create: orgProcedure
    .input(CreateConnectorInput)
    .mutation(({ ctx, input }) => connectors.createConnector(ctx.org, input)),
  change: orgProcedure
    .input(ChangeConnectorInput)
    .mutation(({ ctx, input }) => connectors.changeConnector(ctx.org, input)),
  delete: orgProcedure.input(ConnectorRef).mutation(({ ctx, input }) => connectors.deleteConnector(ctx.org, input)),
  test: orgProcedure.input(ConnectorRef).mutation(({ ctx, input }) => connectors.testConnector(ctx.org, input)),
});
