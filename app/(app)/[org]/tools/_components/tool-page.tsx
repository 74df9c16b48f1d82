'use client';

import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { toast } from 'sonner';
import { JsonView } from '@/components/data/json-view';
import { DeleteButton } from '@/components/feedback/delete-button';
import { useOrg } from '@/components/frame/org-context';
import { PageHead } from '@/components/frame/page-head';
import type { CustomTool, ToolDetail } from '@/lib/contracts/tools';
import { useTRPC } from '@/lib/trpc/client';
import { ToolForm } from './tool-form';
import { TryPanel } from './try-panel';

/** A tool: how it is made or what models are told of it, and a panel to try it. */
export function ToolPage({ name }: { name: string }) {
  const { slug, can } = useOrg();
  const { data: tool } = useSuspenseQuery(useTRPC().tools.get.queryOptions({ org: slug, name }));
  const isMine = tool.custom !== null && can('tools:write');
  return (
    <div className="mx-auto max-w-7xl">
      <PageHead
        title={tool.label}
        under={{ label: 'Tools', href: `/${slug}/tools` }}
        facts={
          <>
            <span className="font-mono">{tool.name}</span> ·{' '}
            {tool.server ? (
              <Link
                href={`/${slug}/tools/servers/${tool.server}`}
                className="focus-ring rounded-sm text-link underline underline-offset-2"
              >
                of {tool.server}
              </Link>
            ) : tool.custom ? (
              'custom'
            ) : (
              'built in'
            )}{' '}
            · {FACTS[tool.effect]}
            {tool.reads === 'untrusted' && ' · reads what others wrote'}
          </>
        }
        actions={isMine && <DeleteTool name={name} />}
      />
      <div className="grid gap-x-2 gap-y-6 lg:grid-cols-[minmax(0,1fr)_26rem]">
        {tool.custom ? (
          <CustomToolForm key={tool.custom.revision} custom={tool.custom} readonly={!isMine} />
        ) : (
          <Told tool={tool} />
        )}
        {!tool.asksPeople && can('tools:try') && <TryPanel tool={tool} />}
      </div>
    </div>
  );
}

const FACTS: Record<ToolDetail['effect'], string> = {
  none: 'changes nothing',
  sends: 'sends data out',
  changes: 'may change things elsewhere',
};

/** What a model is told of a tool that is not made here. */
function Told({ tool }: { tool: ToolDetail }) {
  return (
    <section aria-label="What models are told" className="grid content-start gap-3 px-4 sm:px-6">
      <p className="max-w-prose whitespace-pre-wrap break-words">{tool.description}</p>
      <h2 className="pt-2 font-semibold">Arguments</h2>
      <JsonView value={tool.inputSchema} label="Copy schema" />
    </section>
  );
}

function CustomToolForm({ custom, readonly }: { custom: CustomTool; readonly: boolean }) {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { id: _, revision, createdAt: __, updatedAt: ___, updatedByName: ____, origin: _____, ...content } = custom;
  const [tool, setTool] = useState(content);
  const change = useMutation(
    trpc.tools.change.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.tools.pathFilter());
        toast.success('Saved. Agents use it from their next call.');
      },
    }),
  );
  return (
    <ToolForm
      tool={tool}
      readonly={readonly}
      error={change.error}
      busy={change.isPending}
      onTool={setTool}
      onSave={(written) => change.mutate({ org: slug, ...written, revision })}
    />
  );
}

function DeleteTool({ name }: { name: string }) {
  const { slug } = useOrg();
  const router = useRouter();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.tools.delete.mutationOptions({
      onSuccess: async () => {
        router.push(`/${slug}/tools`);
        await queryClient.invalidateQueries(trpc.tools.list.pathFilter());
      },
    }),
  );
  return (
    <DeleteButton
      name={name}
      description="Agents that have it go on without it."
      remove={remove}
      onDelete={() => remove.mutate({ org: slug, name })}
    />
  );
}
