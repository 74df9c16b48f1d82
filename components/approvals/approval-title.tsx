'use client';

import Link from 'next/link';
import { useOrg } from '@/components/frame/org-context';
import { toolLabel } from '@/components/run/tool-sentence';
import type { Approval } from '@/lib/contracts/approvals';

/** What is asked, in a line; in a list, the link to the run that `j` and `k` walk over. */
export function ApprovalTitle({ approval, linked }: { approval: Approval; linked: boolean }) {
  const { slug } = useOrg();
  const title =
    approval.kind === 'question' ? approval.question : `${approval.agentName} wants to use ${toolLabel(approval.tool)}`;
  if (!linked) return <span className="whitespace-pre-wrap break-words">{title}</span>;
  return (
    <Link
      href={`/${slug}/runs/${approval.runId}`}
      data-row-link
      className="focus-ring whitespace-pre-wrap break-words rounded-sm hover:underline"
    >
      {title}
    </Link>
  );
}
