'use client';

import { skipToken, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { toast } from 'sonner';
import { SpecDiff } from '@/components/agents/spec-diff';
import { useDraftPartials } from '@/components/agents/use-draft-partials';
import { apiErrorOf } from '@/components/feedback/api-error';
import { FormDialog } from '@/components/feedback/form-dialog';
import { useOrg } from '@/components/frame/org-context';
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
      // What is shown may be what somebody else has changed meanwhile.
      onError: () => queryClient.invalidateQueries(trpc.agents.draftPartials.pathFilter()),
    }),
  );

  return (
    <FormDialog
      title={version === null ? 'Publish the first version' : `Publish version ${version + 1}`}
      description={
        version === null
          ? 'Freezes the draft. Programs and people run what is published; the draft stays yours to change.'
          : `Compared with version ${version}. Runs under way keep the version they began with.`
      }
      action={publish.isPending ? 'Publishing…' : 'Publish'}
      isReady={draft.phase === 'saved'}
      isPending={publish.isPending}
      error={publish.error}
      className="max-w-2xl"
      onSubmit={() =>
        publish.mutate({
          org: slug,
          agentId: agent.id,
          revision: draft.revision,
          partials: partials.data,
          note: note.trim(),
        })
      }
      onClose={onClose}
    >
      {last.data && !isLoading && (
        <SpecDiff before={{ spec: last.data.spec }} after={{ spec: { ...spec, partials: partials.data } }} />
      )}
      {isLoading && <Skeleton className="h-24" />}
      <Field
        label="Note"
        error={publish.isError ? apiErrorOf(publish.error).fields.note : undefined}
        help="Shown in the list of versions."
      >
        {(control) => (
          <Textarea
            {...control}
            value={note}
            placeholder="What changed and why"
            onChange={(event) => setNote(event.target.value)}
          />
        )}
      </Field>
    </FormDialog>
  );
}
