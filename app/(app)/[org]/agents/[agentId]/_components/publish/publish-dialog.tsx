'use client';

import { skipToken, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { toast } from 'sonner';
import { SpecDiff } from '@/components/agents/spec-diff';
import { useDraftPartials } from '@/components/agents/use-draft-partials';
import { apiErrorOf } from '@/components/feedback/api-error';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import {
  Dialog,
  DialogBody,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Skeleton } from '@/components/ui/skeleton';
import { Textarea } from '@/components/ui/textarea';
import type { Agent } from '@/lib/contracts/agents';
import { useTRPC } from '@/lib/trpc/client';
import type { Draft } from '../draft/use-draft';

/** What changes since the last version, and a note about why. */
export function PublishDialog({ agent, draft, onClose }: { agent: Agent; draft: Draft; onClose: () => void }) {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [note, setNote] = useState('');
  const { flush } = draft;
  useEffect(() => void flush(), [flush]);

  const version = agent.publishedVersion;
  const last = useQuery(
    trpc.agents.version.queryOptions(version === null ? skipToken : { org: slug, agentId: agent.id, version }),
  );
  const { spec } = draft.values;
  const partials = useDraftPartials(agent.id, spec);
  const isLoading = last.isLoading || partials.isLoading;
  const publish = useMutation(
    trpc.agents.publish.mutationOptions({
      onSuccess: (published) => {
        void queryClient.invalidateQueries(trpc.agents.pathFilter());
        toast.success(`Version ${published.version} is live`);
        onClose();
      },
    }),
  );

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent className="max-w-2xl">
        <form
          className="contents"
          onSubmit={(event) => {
            event.preventDefault();
            publish.mutate({ org: slug, agentId: agent.id, revision: draft.revision, note: note.trim() });
          }}
        >
          <DialogHeader>
            <DialogTitle>
              {version === null ? 'Publish the first version' : `Publish version ${version + 1}`}
            </DialogTitle>
            <DialogDescription>
              {version === null
                ? 'Freezes the draft. Programs and people run what is published; the draft stays yours to change.'
                : `Compared with version ${version}. Runs under way keep the version they began with.`}
            </DialogDescription>
          </DialogHeader>
          <DialogBody className="grid gap-4">
            {last.data && !isLoading && (
              <SpecDiff before={{ spec: last.data.spec }} after={{ spec: { ...spec, partials: partials.data } }} />
            )}
            {isLoading && <Skeleton className="h-24" />}
            <Field label="Note" help="Shown in the list of versions.">
              {(control) => (
                <Textarea
                  {...control}
                  value={note}
                  maxLength={500}
                  placeholder="What changed and why"
                  onChange={(event) => setNote(event.target.value)}
                />
              )}
            </Field>
            {publish.isError && (
              <p role="alert" className="text-destructive">
                {apiErrorOf(publish.error).message}
              </p>
            )}
          </DialogBody>
          <DialogFooter>
            <Button variant="outline" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={publish.isPending || draft.phase !== 'saved'}>
              {publish.isPending ? 'Publishing…' : 'Publish'}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
