'use client';

import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { RefreshCw } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { toast } from 'sonner';
import { DeleteButton } from '@/components/feedback/delete-button';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { PageHead } from '@/components/frame/page-head';
import { Button } from '@/components/ui/button';
import type { McpServerDetail } from '@/lib/contracts/mcp';
import { useTRPC } from '@/lib/trpc/client';
import { ServerForm } from './server-form';
import { ServerState } from './server-state';
import { ServerTool } from './server-tool';

/** A server: its state, its tools, what waits for consent first, and how it is reached. */
export function ServerPage({ name }: { name: string }) {
  const { slug, can } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { data: server } = useSuspenseQuery(trpc.tools.servers.get.queryOptions({ org: slug, name }));
  const refresh = useMutation(
    trpc.tools.servers.refresh.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.tools.pathFilter()),
      onError: toastError,
    }),
  );
  const isWriter = can('tools:write');
  const { list } = server;
  const waiting = list.filter(({ state }) => state === 'changed' || state === 'new');
  const rest = list.filter(({ state }) => state === 'accepted' || state === 'gone');
  const removed = list.filter(({ state }) => state === 'removed');
  return (
    <div className="mx-auto max-w-7xl">
      <PageHead
        title={server.name}
        under={{ label: 'MCP servers', href: `/${slug}/tools/servers` }}
        facts={<span className="break-all font-mono">{server.url}</span>}
        actions={
          isWriter && (
            <>
              <DeleteServer name={name} />
              <Button disabled={refresh.isPending} onClick={() => refresh.mutate({ org: slug, name })}>
                <RefreshCw /> {refresh.isPending ? 'Connecting' : 'Refresh'}
              </Button>
            </>
          )
        }
      />
      <div className="px-4 pb-4 sm:px-6">
        <ServerState server={server} />
      </div>
      <div className="grid gap-x-2 gap-y-6 lg:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="grid content-start gap-6">
          <Part title="To approve" tools={waiting} />
          <Part title="Tools" tools={rest} empty={waiting.length === 0 && 'It has listed no tools.'} />
          <Part title="Removed" tools={removed} />
        </div>
        <section aria-label="Settings" className="lg:border-l">
          <h2 className="px-4 pb-3 font-semibold sm:px-6">Settings</h2>
          <Settings key={server.revision} server={server} readonly={!isWriter} />
        </section>
      </div>
    </div>
  );
}

function Part({ title, tools, empty }: { title: string; tools: McpServerDetail['list']; empty?: string | false }) {
  if (tools.length === 0 && !empty) return null;
  return (
    <section aria-label={title}>
      <h2 className="px-4 pb-2 font-semibold sm:px-6">{title}</h2>
      {tools.length === 0 ? (
        <p className="px-4 text-muted-foreground sm:px-6">{empty}</p>
      ) : (
        <ul className="divide-y border-y">
          {tools.map((tool) => (
            <ServerTool key={tool.name} tool={tool} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Settings({ server, readonly }: { server: McpServerDetail; readonly: boolean }) {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { name, description, url, auth, timeoutSeconds, revision } = server;
  const [edited, setEdited] = useState({ name, description, url, auth, timeoutSeconds });
  const change = useMutation(
    trpc.tools.servers.change.mutationOptions({
      onSuccess: async ({ state }) => {
        await queryClient.invalidateQueries(trpc.tools.pathFilter());
        if (state === 'ok') toast.success('Saved and connected.');
      },
    }),
  );
  return (
    <ServerForm
      server={edited}
      readonly={readonly}
      error={change.error}
      busy={change.isPending}
      onServer={setEdited}
      onSave={(written) => change.mutate({ org: slug, ...written, revision })}
    />
  );
}

function DeleteServer({ name }: { name: string }) {
  const { slug } = useOrg();
  const router = useRouter();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.tools.servers.delete.mutationOptions({
      onSuccess: async () => {
        router.push(`/${slug}/tools/servers`);
        await queryClient.invalidateQueries(trpc.tools.servers.list.pathFilter());
      },
    }),
  );
  return (
    <DeleteButton
      name={name}
      description="Its tools go with it; agents that have them go on without."
      remove={remove}
      onDelete={() => remove.mutate({ org: slug, name })}
    />
  );
}
