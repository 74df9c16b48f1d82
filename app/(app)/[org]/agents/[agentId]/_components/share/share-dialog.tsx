'use client';

import { useQuery } from '@tanstack/react-query';
import { ErrorState } from '@/components/feedback/error-state';
import { useOrg } from '@/components/frame/org-context';
import {
  Dialog,
  DialogBody,
  DialogContent,
  DialogDescription,
  DialogHeader,
  DialogTitle,
} from '@/components/ui/dialog';
import { Skeleton } from '@/components/ui/skeleton';
import type { Agent } from '@/lib/contracts/agents';
import { useTRPC } from '@/lib/trpc/client';
import { PublicLinkSection } from './public-link-section';
import { VisibilityChoice } from './visibility-choice';

export function ShareDialog({ agent, onClose }: { agent: Agent; onClose: () => void }) {
  const { slug } = useOrg();
  const access = useQuery(useTRPC().agents.access.queryOptions({ org: slug, agentId: agent.id }));
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Share {agent.name}</DialogTitle>
          <DialogDescription>What each member may do with it is decided by their role.</DialogDescription>
        </DialogHeader>
        <DialogBody className="grid gap-5">
          {access.data && <VisibilityChoice agentId={agent.id} access={access.data} />}
          {access.data && <PublicLinkSection agent={agent} visibility={access.data.visibility} />}
          {access.isPending && <Skeleton className="h-44" />}
          {access.isError && <ErrorState error={access.error} retry={() => void access.refetch()} />}
        </DialogBody>
      </DialogContent>
    </Dialog>
  );
}
