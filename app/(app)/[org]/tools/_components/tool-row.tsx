'use client';

import Link from 'next/link';
import { useOrg } from '@/components/frame/org-context';
import { ToolIcon } from '@/components/tools/tool-icon';
import { Badge } from '@/components/ui/badge';
import type { OfferedTool } from '@/lib/contracts/tools';

export function ToolRow({ tool: { name, label, does, group, isCustom, server, disabled } }: { tool: OfferedTool }) {
  const { slug } = useOrg();
  return (
    <li className="relative flex h-9 items-center gap-3 border-b px-4 transition-colors hover:bg-accent/60 has-[a:focus-visible]:bg-accent sm:px-6">
      <ToolIcon group={group} className="size-4 shrink-0 text-muted-foreground" />
      <div className="flex min-w-0 flex-1 items-baseline gap-3">
        <Link
          href={`/${slug}/tools/${name}`}
          data-row-link
          className="max-w-full shrink-0 truncate font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-ring focus-visible:after:-outline-offset-2"
        >
          {label}
        </Link>
        <span className="min-w-0 flex-1 truncate text-muted-foreground max-sm:hidden">{does}</span>
      </div>
      {disabled && <Badge variant="outline">Off</Badge>}
      <span className="w-44 truncate font-mono text-muted-foreground text-xs max-md:hidden">{name}</span>
      <span className="w-16 text-right text-muted-foreground text-xs max-sm:hidden">
        {server ? 'Remote' : isCustom ? 'Custom' : 'Built in'}
      </span>
    </li>
  );
}
