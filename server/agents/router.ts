import { ImportAgentsInput } from '@/lib/contracts/agent-documents';
import {
  AgentRef,
  AgentVersionRef,
  BulkAgentsInput,
  ChangeVisibilityInput,
  CreateAgentInput,
  ListAgentsInput,
  ListVersionsInput,
  PublishAgentInput,
  RenameTagInput,
  SaveDraftInput,
} from '@/lib/contracts/agents';
import { orgProcedure, router } from '../trpc/procedures';
import * as agents from './service';

export const agentsRouter = router({
  list: orgProcedure.input(ListAgentsInput).query(({ ctx, input }) => agents.listAgents(ctx.org, input)),
  get: orgProcedure.input(AgentRef).query(({ ctx, input }) => agents.getAgent(ctx.org, input)),
  draftPartials: orgProcedure.input(AgentRef).query(({ ctx, input }) => agents.getDraftPartials(ctx.org, input)),
  create: orgProcedure.input(CreateAgentInput).mutation(({ ctx, input }) => agents.createAgent(ctx.org, input)),
  saveDraft: orgProcedure.input(SaveDraftInput).mutation(({ ctx, input }) => agents.saveDraft(ctx.org, input)),
  publish: orgProcedure.input(PublishAgentInput).mutation(({ ctx, input }) => agents.publishAgent(ctx.org, input)),
  versions: orgProcedure.input(ListVersionsInput).query(({ ctx, input }) => agents.listVersions(ctx.org, input)),
  version: orgProcedure.input(AgentVersionRef).query(({ ctx, input }) => agents.getVersion(ctx.org, input)),
  rollback: orgProcedure.input(AgentVersionRef).mutation(({ ctx, input }) => agents.rollbackAgent(ctx.org, input)),
  archive: orgProcedure.input(AgentRef).mutation(({ ctx, input }) => agents.archiveAgent(ctx.org, input)),
  import: orgProcedure
    .input(ImportAgentsInput)
    .mutation(({ ctx, input, signal }) => agents.importAgents(ctx.org, input, signal)),
  duplicate: orgProcedure.input(AgentRef).mutation(({ ctx, input }) => agents.duplicateAgent(ctx.org, input)),
  bulk: orgProcedure.input(BulkAgentsInput).mutation(({ ctx, input }) => agents.changeAgents(ctx.org, input)),
  tags: orgProcedure.query(({ ctx }) => agents.listTags(ctx.org)),
  renameTag: orgProcedure.input(RenameTagInput).mutation(({ ctx, input }) => agents.renameTag(ctx.org, input)),
  access: orgProcedure.input(AgentRef).query(({ ctx, input }) => agents.getAccess(ctx.org, input)),
  changeVisibility: orgProcedure
    .input(ChangeVisibilityInput)
    .mutation(({ ctx, input }) => agents.changeVisibility(ctx.org, input)),
  takeOver: orgProcedure.input(AgentRef).mutation(({ ctx, input }) => agents.takeOver(ctx.org, input)),
  restore: orgProcedure.input(AgentRef).mutation(({ ctx, input }) => agents.restoreAgent(ctx.org, input)),
});
