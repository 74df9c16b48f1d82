import { CreateApiKeyInput, RevokeApiKeyInput } from '@/lib/contracts/people';
import { orgProcedure, router } from '../trpc/procedures';
import { createApiKey, listApiKeys, revokeApiKey } from './service';

export const apiKeysRouter = router({
  list: orgProcedure.query(({ ctx }) => listApiKeys(ctx.org)),
  create: orgProcedure.input(CreateApiKeyInput).mutation(({ ctx, input }) => createApiKey(ctx.org, input)),
  revoke: orgProcedure.input(RevokeApiKeyInput).mutation(({ ctx, input }) => revokeApiKey(ctx.org, input)),
});
