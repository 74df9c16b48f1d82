'use client';

import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { Code, FileInput, Plug, Plus, Wrench } from 'lucide-react';
import Link from 'next/link';
import { Suspense, useDeferredValue } from 'react';
import { FilterField } from '@/components/data/filter-field';
import { LoadMore } from '@/components/data/load-more';
import { paged } from '@/components/data/paged';
import { EmptyState } from '@/components/feedback/empty-state';
import { ListSkeleton } from '@/components/feedback/list-skeleton';
import { useOrg } from '@/components/frame/org-context';
import { PageHead } from '@/components/frame/page-head';
import { useUrlParams } from '@/components/frame/url-params';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { MAX_QUERY } from '@/lib/contracts/paging';
import { useTRPC } from '@/lib/trpc/client';
import { ToolRow } from './tool-row';

export function ToolsList() {
  const { can, slug } = useOrg();
  const [params, set] = useUrlParams();
  return (
    <div className="mx-auto max-w-7xl">
      <PageHead
        title="Tools"
        facts="What agents can be given besides a model. Open one to try it."
        actions={
          <>
            <Button variant="outline" asChild>
              <Link href={`/${slug}/tools/servers`}>
                <Plug /> MCP servers
              </Link>
            </Button>
            {can('tools:write') && (
              <DropdownMenu>
                <DropdownMenuTrigger asChild>
                  <Button>
                    <Plus /> New tool
                  </Button>
                </DropdownMenuTrigger>
                <DropdownMenuContent align="end">
                  <DropdownMenuItem asChild>
                    <Link href={`/${slug}/tools/new?kind=http`}>
                      <Wrench /> Calls an address
                    </Link>
                  </DropdownMenuItem>
                  <DropdownMenuItem asChild>
                    <Link href={`/${slug}/tools/new?kind=javascript`}>
                      <Code /> Runs JavaScript
                    </Link>
                  </DropdownMenuItem>
                  <DropdownMenuItem asChild>
                    <Link href={`/${slug}/tools/servers/new`}>
                      <Plug /> Of an MCP server
                    </Link>
                  </DropdownMenuItem>
                  <DropdownMenuItem asChild>
                    <Link href={`/${slug}/tools/import`}>
                      <FileInput /> Of an OpenAPI document
                    </Link>
                  </DropdownMenuItem>
                </DropdownMenuContent>
              </DropdownMenu>
            )}
          </>
        }
      />
      <search className="flex px-4 pb-3 sm:px-6">
        <FilterField
          aria-label="Filter tools"
          placeholder="Filter by name"
          defaultValue={params.get('q') ?? ''}
          onChange={(event) => set({ q: event.target.value || null })}
        />
      </search>
      <Suspense fallback={<ListSkeleton />}>
        <Rows />
      </Suspense>
    </div>
  );
}

function Rows() {
  const { slug } = useOrg();
  const [params] = useUrlParams();
  const query = useDeferredValue((params.get('q') ?? '').slice(0, MAX_QUERY));
  const list = useSuspenseInfiniteQuery(useTRPC().tools.list.infiniteQueryOptions({ org: slug, query }, paged));
  const tools = list.data.pages.flatMap((page) => page.items);
  if (tools.length === 0) return <EmptyState title="No tool matches" />;
  return (
    <>
      <ul className="border-t">
        {tools.map((tool) => (
          <ToolRow key={tool.name} tool={tool} />
        ))}
      </ul>
      <LoadMore list={list} />
    </>
  );
}
