'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { ApprovalCard } from '@/components/approvals/approval-card';
import { useOrg } from '@/components/frame/org-context';
import { PageHead } from '@/components/frame/page-head';
import { Button } from '@/components/ui/button';
import { useTRPC } from '@/lib/trpc/client';

/** One card: where the link in a mail leads. */
export function ApprovalPage({ approvalId }: { approvalId: string }) {
  const { slug } = useOrg();
  const { data } = useSuspenseQuery(
    useTRPC().approvals.get.queryOptions(
      { org: slug, approvalId },
      { refetchInterval: (query) => (query.state.data?.status === 'open' ? 4_000 : false) },
    ),
  );
  return (
    <div className="mx-auto max-w-7xl">
      <PageHead
        title="Approval"
        actions={
          <Button variant="outline" asChild>
            <Link href={`/${slug}/approvals`}>All approvals</Link>
          </Button>
        }
      />
      <div className="max-w-3xl px-4 py-1 sm:px-6">
        <ApprovalCard approval={data} linked />
      </div>
    </div>
  );
}
