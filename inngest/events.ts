import { eventType } from 'inngest';
import { z } from 'zod';

/** A run was recorded and should be executed. */
export const runRequested = eventType('agent/run.requested', {
  schema: z.object({ orgId: z.uuid(), runId: z.uuid() }),
});

/** A run was cancelled: whatever waits for it may stop waiting. */
export const runCancelled = eventType('agent/run.cancelled', {
  schema: z.object({ orgId: z.uuid(), runId: z.uuid() }),
});

/** A person decided what a run waits for; the decision itself is in `approvals`. */
export const approvalDecided = eventType('agent/approval.decided', {
  schema: z.object({ orgId: z.uuid(), runId: z.uuid(), stepKey: z.string() }),
});

/** A budget passed one of its thresholds; written by the statement that spent the money. */
export const thresholdReached = eventType('budget/threshold.reached', {
  schema: z.object({ orgId: z.uuid(), budgetId: z.uuid(), threshold: z.number().int() }),
});

/** An organization has a new data key: what older ones encrypted is to be encrypted again. */
export const dataKeyRotated = eventType('secrets/data-key.rotated', {
  schema: z.object({ orgId: z.uuid() }),
});

/** A mail was written; it is in `system.mails`, so that no link in it is in any queue. */
export const mailQueued = eventType('mail/queued', {
  schema: z.object({ mailId: z.uuid() }),
});
