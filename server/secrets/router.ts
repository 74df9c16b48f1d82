import { CreateSecretInput, ReplaceSecretInput, SecretRef } from '@/lib/contracts/secrets';
import { orgProcedure, router } from '../trpc/procedures';
import * as secrets from './service';

export const secretsRouter = router({
  list: orgProcedure.query(({ ctx }) => secrets.listSecrets(ctx.org)),
  create: orgProcedure.input(CreateSecretInput).mutation(({ ctx, input }) => secrets.createSecret(ctx.org, input)),
  replace: orgProcedure.input(ReplaceSecretInput).mutation(({ ctx, input }) => secrets.replaceSecret(ctx.org, input)),
  delete: orgProcedure.input(SecretRef).mutation(({ ctx, input }) => secrets.deleteSecret(ctx.org, input)),
  dataKey: orgProcedure.query(({ ctx }) => secrets.getDataKey(ctx.org)),
  rotateKey: orgProcedure.mutation(({ ctx }) => secrets.rotateDataKey(ctx.org)),
});
