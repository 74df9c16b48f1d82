import { agentsRouter } from '../agents/router';
import { apiKeysRouter } from '../api-keys/router';
import { approvalsRouter } from '../approvals/router';
import { artifactsRouter } from '../artifacts/router';
import { auditRouter } from '../audit/router';
import { budgetsRouter } from '../budgets/router';
import { connectorsRouter } from '../connectors/router';
import { guardrailsRouter } from '../guardrails/router';
import { invitationsRouter } from '../invitations/router';
import { ledgerRouter } from '../ledger/router';
import { mailboxRouter } from '../mail/router';
import { modelsRouter } from '../models/router';
import { operatorRouter } from '../operator/router';
import { membersRouter, organizationsRouter, workspacesRouter } from '../organizations/router';
import { partialsRouter } from '../partials/router';
import { peopleRouter } from '../people/router';
import { publicLinksRouter } from '../public-links/router';
import { runsRouter } from '../runs/router';
import { secretsRouter } from '../secrets/router';
import { toolsRouter } from '../tools/router';
import { router } from './procedures';

export const appRouter = router({
  agents: agentsRouter,
  apiKeys: apiKeysRouter,
  approvals: approvalsRouter,
  artifacts: artifactsRouter,
  audit: auditRouter,
  budgets: budgetsRouter,
  connectors: connectorsRouter,
  guardrails: guardrailsRouter,
  invitations: invitationsRouter,
  ledger: ledgerRouter,
  mailbox: mailboxRouter,
  members: membersRouter,
  models: modelsRouter,
  operator: operatorRouter,
  organizations: organizationsRouter,
  partials: partialsRouter,
  people: peopleRouter,
  publicLinks: publicLinksRouter,
  runs: runsRouter,
  secrets: secretsRouter,
  tools: toolsRouter,
  workspaces: workspacesRouter,
});

export type AppRouter = typeof appRouter;
