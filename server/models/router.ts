import {
  RemoveCredentialInput,
  SaveCredentialInput,
  SetModelTermsInput,
  TestCredentialInput,
} from '@/lib/contracts/models';
import { ResetCircuitInput } from '@/lib/contracts/provider-health';
import { orgProcedure, router } from '../trpc/procedures';
import * as models from './service';

export const modelsRouter = router({
  list: orgProcedure.query(({ ctx }) => models.listModels(ctx.org)),
  terms: orgProcedure.query(({ ctx }) => models.listTerms(ctx.org)),
  setTerms: orgProcedure.input(SetModelTermsInput).mutation(({ ctx, input }) => models.setTerms(ctx.org, input)),
  providers: orgProcedure.query(({ ctx }) => models.listProviders(ctx.org)),
  health: orgProcedure.query(({ ctx }) => models.getHealth(ctx.org)),
  resetCircuit: orgProcedure.input(ResetCircuitInput).mutation(({ ctx, input }) => models.resetCircuit(ctx.org, input)),
  saveCredential: orgProcedure
    .input(SaveCredentialInput)
    .mutation(({ ctx, input }) => models.saveCredential(ctx.org, input)),
  removeCredential: orgProcedure
    .input(RemoveCredentialInput)
    .mutation(({ ctx, input }) => models.removeCredential(ctx.org, input)),
  testCredential: orgProcedure
    .input(TestCredentialInput)
    .mutation(({ ctx, input }) => models.testCredential(ctx.org, input)),
});
