'use client';

import { Activity, Bot, Cable, CircleDollarSign, Hand, Home, type LucideIcon, Settings, Wrench } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ComponentType } from 'react';
import { cn } from '@/components/ui/cn';
import { Tooltip } from '@/components/ui/tooltip';
import type { Permission } from '@/lib/permissions';
import { WaitingCount } from '../approvals/waiting-count';
import { useOrg } from './org-context';
import { useWorkspace } from './workspace';

interface Item {
  label: string;
  path: string;
  icon: LucideIcon;
  keys: string;
  needs?: Permission;
  badge?: ComponentType<{ collapsed: boolean }>;
}

const ITEMS: Item[] = [
  { label: 'Home', path: '', icon: Home, keys: 'g h' },
  { label: 'Agents', path: '/agents', icon: Bot, keys: 'g a', needs: 'agents:read' },
  { label: 'Tools', path: '/tools', icon: Wrench, keys: 'g t', needs: 'tools:read' },
  {
    label: 'Connectors',
    path: '/connectors',
    icon: Cable,
    keys: 'g n',
    needs: 'connectors:read',
  },
  { label: 'Runs', path: '/runs', icon: Activity, keys: 'g r', needs: 'runs:read' },
  { label: 'Approvals', path: '/approvals', icon: Hand, keys: 'g p', needs: 'approvals:read', badge: WaitingCount },
  { label: 'Spend', path: '/spend', icon: CircleDollarSign, keys: 'g m', needs: 'spend:read' },
];
const SETTINGS: Item = { label: 'Settings', path: '/settings', icon: Settings, keys: 'g s' };

/** The pages of the organization. */
export function Rail({ collapsed }: { collapsed: boolean }) {
  const { can } = useOrg();
  const items = ITEMS.filter(({ needs }) => !needs || can(needs));
  return (
    <nav aria-label="Organization" className="flex min-h-0 flex-1 flex-col gap-px overflow-y-auto px-2">
      {items.map((item) => (
        <RailLink key={item.label} item={item} collapsed={collapsed} />
      ))}
      <div className="mt-auto">
        <RailLink item={SETTINGS} collapsed={collapsed} />
      </div>
    </nav>
  );
}

function RailLink({ item, collapsed }: { item: Item; collapsed: boolean }) {
  const { slug } = useOrg();
  const { search } = useWorkspace();
  const path = usePathname();
  const base = `/${slug}${item.path}`;
  const active = item.path === '' ? path === base : path === base || path.startsWith(`${base}/`);
  const { icon: Icon, badge: Badge } = item;
  const link = (
    <Link
      href={`${base}${item.path === '/settings' ? '' : search}`}
      aria-current={active ? 'page' : undefined}
      className={cn(
        'focus-ring flex h-8 items-center gap-2.5 rounded-md px-2 font-medium text-muted-foreground transition-colors hover:bg-accent hover:text-foreground',
        active && 'bg-accent text-foreground',
        collapsed && 'relative justify-center px-0',
      )}
    >
      <Icon className="size-4 shrink-0" aria-hidden />
      <span className={collapsed ? 'sr-only' : 'truncate'}>{item.label}</span>
      {Badge && <Badge collapsed={collapsed} />}
    </Link>
  );
  if (!collapsed) return link;
  return (
    <Tooltip label={`${item.label} · ${item.keys}`} side="right">
      {link}
    </Tooltip>
  );
}
