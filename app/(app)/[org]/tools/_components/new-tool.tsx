'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useOrg } from '@/components/frame/org-context';
import { PageHead } from '@/components/frame/page-head';
import type { CreateToolInput, ToolAction } from '@/lib/contracts/tools';
import { useTRPC } from '@/lib/trpc/client';
import { ToolForm } from './tool-form';

const ACTIONS: Record<ToolAction['kind'], ToolAction> = {
  http: { kind: 'http', method: 'GET', url: 'https://', query: [], headers: [], body: null },
  javascript: { kind: 'javascript', code: "return 'Hello, ' + input.name;" },
};

export function NewTool({ kind }: { kind: ToolAction['kind'] }) {
  const { slug } = useOrg();
  const router = useRouter();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [tool, setTool] = useState<CreateToolInput>({
    name: '',
    label: '',
    description: '',
    parameters:
      kind === 'javascript' ? [{ name: 'name', type: 'string', description: '', required: true, choices: [] }] : [],
    action: ACTIONS[kind],
    timeoutSeconds: 20,
    retries: 0,
    approval: 'auto',
    enabled: true,
  });
  const create = useMutation(
    trpc.tools.create.mutationOptions({
      onSuccess: async ({ name }) => {
        await queryClient.invalidateQueries(trpc.tools.pathFilter());
        router.push(`/${slug}/tools/${name}`);
      },
    }),
  );
  return (
    <div className="mx-auto max-w-3xl">
      <PageHead
        title="New tool"
        under={{ label: 'Tools', href: `/${slug}/tools` }}
        facts={kind === 'http' ? 'It calls an address.' : 'It runs JavaScript in a sandbox.'}
      />
      <ToolForm
        tool={tool}
        isNew
        error={create.error}
        busy={create.isPending}
        onTool={setTool}
        onSave={(written) => create.mutate({ org: slug, ...written })}
      />
    </div>
  );
}
