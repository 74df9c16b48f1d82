'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { FormDialog } from '@/components/feedback/form-dialog';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { useUrlParams } from '@/components/frame/url-params';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { AgentTag } from '@/lib/contracts/agents';
import { useTRPC } from '@/lib/trpc/client';
import { formatTags, parseTags } from './list-input';

/** Gives a tag another name on every agent that has it. */
export function RenameTagDialog({ tag, onClose }: { tag: string; onClose: () => void }) {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [params, set] = useUrlParams();
  const [text, setText] = useState(tag);
  const to = AgentTag.safeParse(text.trim());
  const rename = useMutation(
    trpc.agents.renameTag.mutationOptions({
      onSuccess: ({ agents }, input) => {
        const chosen = parseTags(params);
        set({ tags: formatTags([...new Set(chosen.map((one) => (one === tag ? input.to : one)))]) });
        toast(`${tag} is now ${input.to} on ${agents} ${agents === 1 ? 'agent' : 'agents'}`);
        onClose();
        return queryClient.invalidateQueries(trpc.agents.pathFilter());
      },
      onError: toastError,
    }),
  );
  return (
    <FormDialog
      title={<>Rename {tag}</>}
      description="On every agent that has it, archived ones too. A tag that is there already takes it in."
      action="Rename"
      isReady={to.success && to.data !== tag}
      isPending={rename.isPending}
      onSubmit={() => to.success && rename.mutate({ org: slug, from: tag, to: to.data })}
      onClose={onClose}
    >
      <Field label="New name" error={to.success ? undefined : to.error.issues[0]?.message}>
        {(control) => (
          <Input
            {...control}
            autoFocus
            autoComplete="off"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
    </FormDialog>
  );
}
