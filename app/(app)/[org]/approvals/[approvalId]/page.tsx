import type { Metadata } from 'next';
import { trpc } from '@/server/trpc/rsc';
import { Found } from '../../_components/found';
import { ApprovalPage } from './_components/approval-page';

export const metadata: Metadata = { title: 'Approval' };

export default async function Page({ params }: { params: Promise<{ org: string; approvalId: string }> }) {
  const { org, approvalId } = await params;
  return (
    <Found options={trpc.approvals.get.queryOptions({ org, approvalId })}>
      <ApprovalPage approvalId={approvalId} />
    </Found>
  );
}
