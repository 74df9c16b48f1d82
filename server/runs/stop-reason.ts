import type { RunErrorCode } from '@/lib/contracts/runs';
import {
  BudgetExceeded,
  DomainError,
  Forbidden,
  Invalid,
  PreconditionFailed,
  Unauthorized,
  Unavailable,
  Upstream,
} from '../errors';

/** Why a run ended before it was done. */
export interface StopReason {
  code: RunErrorCode;
  /** Shown; says what to do. */
  message: string;
}

/** The reason to end a run, for failures that no later attempt of the same can mend; undefined for the others. */
export function permanentFailure(error: unknown): StopReason | undefined {
  if (!(error instanceof DomainError) || error instanceof Unavailable) return undefined;
  const { message } = error;
  if (error instanceof Upstream) return { code: error.reason, message };
  if (error instanceof BudgetExceeded) return { code: 'budget_exceeded', message };
  if (error instanceof Forbidden || error instanceof Unauthorized) return { code: 'permission_lost', message };
  if (error instanceof PreconditionFailed) return { code: 'credential_missing', message };
  if (error instanceof Invalid) return { code: 'model_unknown', message };
  return { code: 'internal', message };
}
