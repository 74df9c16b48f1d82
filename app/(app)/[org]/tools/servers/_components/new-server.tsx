'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useOrg } from '@/components/frame/org-context';
import { PageHead } from '@/components/frame/page-head';
import type { CreateMcpServerInput } from '@/lib/contracts/mcp';
import { useTRPC } from '@/lib/trpc/client';
import { ServerForm } from './server-form';

const BLANK: CreateMcpServerInput = {
  name: '',
  description: '',
  url: 'https://',
  auth: { type: 'none' },
  timeoutSeconds: 30,
};

export function NewServer() {
  const { slug } = useOrg();
  const router = useRouter();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [server, setServer] = useState(BLANK);
  const create = useMutation(
    trpc.tools.servers.create.mutationOptions({
      onSuccess: async ({ name }) => {
        await queryClient.invalidateQueries(trpc.tools.pathFilter());
        router.push(`/${slug}/tools/servers/${name}`);
      },
    }),
  );
  return (
    <div className="mx-auto max-w-3xl">
      <PageHead
        title="New MCP server"
        under={{ label: 'MCP servers', href: `/${slug}/tools/servers` }}
        facts="Its tools are listed when it answers."
      />
      <ServerForm
        server={server}
        isNew
        error={create.error}
        busy={create.isPending}
        onServer={setServer}
        onSave={(written) => create.mutate({ org: slug, ...written })}
      />
    </div>
  );
}
