import type { Approval, Decision } from '@/lib/contracts/approvals';

/** Which way of deciding is open. */
export type Panel = 'edit' | 'deny' | null;

/** What each way of deciding is given. */
export interface DecideProps {
  approval: Approval;
  panel: Panel;
  setPanel: (panel: Panel) => void;
  onDecide: (decision: Decision) => void;
}
