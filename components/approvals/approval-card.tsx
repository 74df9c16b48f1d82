'use client';

import type { Approval } from '@/lib/contracts/approvals';
import { OpenApproval } from './open-approval';
import { SettledApproval } from './settled-approval';
import { useDecide } from './use-decide';

/** Something a run waits for people to decide, wherever it is shown. `linked`: its title leads to the run. */
export function ApprovalCard({
  approval,
  linked = false,
  onDecide,
}: {
  approval: Approval;
  linked?: boolean;
  /** Called when a decision is on its way. */
  onDecide?: () => void;
}) {
  const { shown, isDone, decide, error } = useDecide(approval);
  const isShownDecided = shown.status !== 'open';
  return (
    <>
      {isShownDecided && <SettledApproval approval={shown} linked={linked} />}
      {/* Stays until the server agrees: if it does not, what was typed is still there. */}
      {!isDone && (
        <div hidden={isShownDecided}>
          <OpenApproval
            approval={approval}
            linked={linked}
            error={error}
            onDecide={(decision) => {
              decide(decision);
              onDecide?.();
            }}
          />
        </div>
      )}
    </>
  );
}
