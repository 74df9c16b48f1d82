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
  const { shown, decide, error } = useDecide(approval);
  if (shown.status !== 'open') return <SettledApproval approval={shown} linked={linked} />;
  return (
    <OpenApproval
      approval={shown}
      linked={linked}
      error={error}
      onDecide={(decision) => {
        decide(decision);
        onDecide?.();
      }}
    />
  );
}
