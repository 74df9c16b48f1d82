'use client';

import { useQuery } from '@tanstack/react-query';
import { ChevronsUpDown, Plus } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { cn } from '@/components/ui/cn';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { useTRPC } from '@/lib/trpc/client';
import { useOrg } from './org-context';
import { useUrlParams } from './url-params';
import { useWorkspace } from './workspace';

const ALL = '*';

/** Which organization, and which of its workspaces lists show. */
export function OrgSwitch({ collapsed }: { collapsed: boolean }) {
  const { organization, workspaces, slug } = useOrg();
  const { workspace } = useWorkspace();
  const [open, setOpen] = useState(false);
  const router = useRouter();
  const [, setParams] = useUrlParams();
  const mine = useQuery(useTRPC().organizations.mine.queryOptions(undefined, { enabled: open }));
  const organizations = mine.data?.map((one) => one.organization) ?? [organization];

  return (
    <DropdownMenu open={open} onOpenChange={setOpen}>
      <DropdownMenuTrigger
        className={cn(
          'focus-ring flex h-9 w-full min-w-0 items-center gap-2 rounded-md px-1.5 text-left transition-colors hover:bg-accent data-[state=open]:bg-accent',
          collapsed && 'justify-center px-0',
        )}
      >
        <Monogram name={organization.name} />
        <span className="sr-only">
          {collapsed ? `${organization.name}, switch organization` : 'Switch organization, now'}
        </span>
        {!collapsed && (
          <>
            <span className="min-w-0 flex-1">
              <span className="block truncate font-semibold leading-tight">{organization.name}</span>
              {workspaces.length > 1 && (
                <span className="block truncate text-2xs text-muted-foreground">
                  {workspace?.name ?? 'All workspaces'}
                </span>
              )}
            </span>
            <ChevronsUpDown className="size-3.5 shrink-0 text-muted-foreground" aria-hidden />
          </>
        )}
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start" className="w-60">
        <DropdownMenuLabel>Organizations</DropdownMenuLabel>
        <DropdownMenuRadioGroup value={slug} onValueChange={(next) => next !== slug && router.push(`/${next}`)}>
          {organizations.map((one) => (
            <DropdownMenuRadioItem key={one.id} value={one.slug}>
              <Monogram name={one.name} />
              <span className="truncate">{one.name}</span>
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
        <DropdownMenuItem asChild>
          <Link href="/new">
            <Plus /> New organization
          </Link>
        </DropdownMenuItem>
        {workspaces.length > 1 && (
          <>
            <DropdownMenuSeparator />
            <DropdownMenuLabel>Show agents and runs of</DropdownMenuLabel>
            <DropdownMenuRadioGroup
              value={workspace?.slug ?? ALL}
              onValueChange={(next) => setParams({ workspace: next === ALL ? null : next })}
            >
              <DropdownMenuRadioItem value={ALL}>All workspaces</DropdownMenuRadioItem>
              {workspaces.map((one) => (
                <DropdownMenuRadioItem key={one.id} value={one.slug}>
                  <span className="truncate">{one.name}</span>
                </DropdownMenuRadioItem>
              ))}
            </DropdownMenuRadioGroup>
          </>
        )}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

function Monogram({ name }: { name: string }) {
  return (
    <span
      aria-hidden
      className="grid size-6 shrink-0 place-items-center rounded-sm bg-primary font-semibold text-primary-foreground text-xs"
    >
      {[...name.trim()][0]?.toUpperCase()}
    </span>
  );
}
