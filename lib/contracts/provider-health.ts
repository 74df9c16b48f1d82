import { z } from 'zod';
import { CredentialProvider } from './models';
import { Id } from './paging';
import { RunErrorCode } from './runs';

export const CredentialSource = z.enum(['organization', 'server']);
export type CredentialSource = z.infer<typeof CredentialSource>;
export const CircuitState = z.enum(['closed', 'open', 'half-open']);
export type CircuitState = z.infer<typeof CircuitState>;

/** How a key of a provider fares: open, it is not asked while somebody else can be (docs/models.md). */
export const Circuit = z.object({
  provider: CredentialProvider,
  source: CredentialSource,
  state: CircuitState,
  failures: z.number().int().describe('In a row, without a success between'),
  openUntil: z.date().nullable(),
  lastErrorCode: RunErrorCode.nullable(),
  lastError: z.string().nullable(),
  lastFailedAt: z.date().nullable(),
});
export type Circuit = z.infer<typeof Circuit>;

/** Calls of a model in some time; percentiles of those that were answered. */
export const CallFigures = z.object({
  calls: z.number().int(),
  failed: z.number().int(),
  firstTokenP50Ms: z.number().int().nullable(),
  firstTokenP95Ms: z.number().int().nullable(),
  durationP50Ms: z.number().int().nullable(),
  durationP95Ms: z.number().int().nullable(),
  tokensPerSecond: z.number().nullable(),
});
export type CallFigures = z.infer<typeof CallFigures>;

export const ProviderHealth = z.object({
  circuits: z.array(Circuit),
  models: z.array(z.object({ model: z.string(), hour: CallFigures, day: CallFigures })),
  errors: z.array(
    z.object({ at: z.date(), model: z.string(), runId: Id, code: RunErrorCode.nullable(), message: z.string() }),
  ),
});
export type ProviderHealth = z.infer<typeof ProviderHealth>;

export const ResetCircuitInput = z.object({ provider: CredentialProvider, source: CredentialSource });
export type ResetCircuitInput = z.infer<typeof ResetCircuitInput>;
