import { RemoveCredentialInput, SaveCredentialInput, TestCredentialInput } from '@/lib/contracts/models';
import { orgProcedure, router } from '../trpc/procedures';
import { listModels, listProviders, removeCredential, saveCredential, testCredential } from './service';

export const modelsRouter = router({
  list: orgProcedure.query(({ ctx }) => listModels(ctx.org)),
  providers: orgProcedure.query(({ ctx }) => listProviders(ctx.org)),
  saveCredential: orgProcedure.input(SaveCredentialInput).mutation(({ ctx, input }) => saveCredential(ctx.org, input)),
  removeCredential: orgProcedure
    .input(RemoveCredentialInput)
    .mutation(({ ctx, input }) => removeCredential(ctx.org, input)),
  testCredential: orgProcedure.input(TestCredentialInput).mutation(({ ctx, input }) => testCredential(ctx.org, input)),
});
