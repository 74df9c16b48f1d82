'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import Link from 'next/link';
import { EmptyState } from '@/components/feedback/empty-state';
import { useOrg } from '@/components/frame/org-context';
import { PageHead } from '@/components/frame/page-head';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { useTRPC } from '@/lib/trpc/client';
import { ServerState } from './server-state';

export function Servers() {
  const { slug, can } = useOrg();
  const { data: servers } = useSuspenseQuery(useTRPC().tools.servers.list.queryOptions({ org: slug }));
  const add = can('tools:write') && (
    <Button asChild>
      <Link href={`/${slug}/tools/servers/new`}>
        <Plus /> New server
      </Link>
    </Button>
  );
  return (
    <div className="mx-auto max-w-7xl">
      <PageHead
        title="MCP servers"
        facts="Servers elsewhere whose tools agents can be given."
        actions={servers.length > 0 && add}
      />
      {servers.length === 0 ? (
        <div className="border-t">
          <EmptyState title="No MCP servers yet" action={add}>
            Give the address of a server that speaks MCP over streamable HTTP. Its tools are listed at once.
          </EmptyState>
        </div>
      ) : (
        <ul className="divide-y border-y">
          {servers.map((server) => (
            <li
              key={server.id}
              className="relative flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-2.5 transition-colors hover:bg-accent/60 sm:px-6"
            >
              <div className="min-w-0 flex-1 basis-64">
                <p className="flex flex-wrap items-center gap-2">
                  <Link
                    href={`/${slug}/tools/servers/${server.name}`}
                    data-row-link
                    className="font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-ring focus-visible:after:-outline-offset-2"
                  >
                    {server.name}
                  </Link>
                  <span className="text-muted-foreground text-xs tabular-nums">
                    {server.tools} {server.tools === 1 ? 'tool' : 'tools'}
                  </span>
                  {server.waiting > 0 && <Badge variant="waiting">{server.waiting} to approve</Badge>}
                </p>
                <p className="truncate font-mono text-muted-foreground text-xs">{server.url}</p>
                {server.description && <p className="truncate text-muted-foreground text-xs">{server.description}</p>}
              </div>
              <div className="min-w-0 flex-1 basis-64">
                <ServerState server={server} />
              </div>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
