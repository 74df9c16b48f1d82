'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useOrg } from '@/components/frame/org-context';
import { PageHead } from '@/components/frame/page-head';
import { useTRPC } from '@/lib/trpc/client';
import { PartialForm } from './partial-form';

export function NewPartial({ name }: { name: string }) {
  const { slug } = useOrg();
  const router = useRouter();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [partial, setPartial] = useState({ name, description: '', text: '' });
  const create = useMutation(
    trpc.partials.create.mutationOptions({
      onSuccess: async (made) => {
        router.push(`/${slug}/agents/partials/${made.name}`);
        void queryClient.invalidateQueries(trpc.agents.pathFilter());
        await queryClient.invalidateQueries(trpc.partials.pathFilter());
      },
    }),
  );
  return (
    <div className="mx-auto max-w-3xl">
      <PageHead
        title="New partial"
        under={{ label: 'Partials', href: `/${slug}/agents/partials` }}
        facts="A text that instructions of several agents include."
      />
      <PartialForm
        partial={partial}
        error={create.error}
        busy={create.isPending}
        onPartial={setPartial}
        onSave={(written) => create.mutate({ org: slug, ...written })}
      />
    </div>
  );
}
