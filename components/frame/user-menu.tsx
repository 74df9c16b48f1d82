'use client';

import { useQuery } from '@tanstack/react-query';
import { CircleUser, Keyboard, LogOut, MonitorSmartphone, Server } from 'lucide-react';
import Link from 'next/link';
import { signOut } from 'next-auth/react';
import { useTheme } from 'next-themes';
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
import { useOpenPanel } from './open-panel';
import { useOrg } from './org-context';

async function leave() {
  await signOut({ redirect: false });
  window.location.assign('/sign-in');
}

export function UserMenu({ collapsed }: { collapsed: boolean }) {
  const { user, slug } = useOrg();
  const { theme, setTheme } = useTheme();
  const show = useOpenPanel();
  const operator = useQuery(useTRPC().operator.me.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        className={cn(
          'focus-ring flex h-8 w-full min-w-0 flex-1 items-center gap-2 rounded-md px-1.5 text-left transition-colors hover:bg-accent data-[state=open]:bg-accent',
          collapsed && 'w-8 flex-none justify-center px-0',
        )}
      >
        <span
          aria-hidden
          className="grid size-6 shrink-0 place-items-center rounded-full border bg-background font-medium text-2xs"
        >
          {initials(user.name)}
        </span>
        <span className={collapsed ? 'sr-only' : 'truncate font-medium'}>{user.name}</span>
        <span className="sr-only">, account</span>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start" className="w-56">
        <div className="px-2 py-1.5">
          <p className="truncate font-medium">{user.name}</p>
          <p className="truncate text-muted-foreground text-xs">{user.email}</p>
        </div>
        <DropdownMenuSeparator />
        <DropdownMenuLabel>Theme</DropdownMenuLabel>
        <DropdownMenuRadioGroup value={theme} onValueChange={setTheme}>
          <DropdownMenuRadioItem value="system">As the system</DropdownMenuRadioItem>
          <DropdownMenuRadioItem value="light">Light</DropdownMenuRadioItem>
          <DropdownMenuRadioItem value="dark">Dark</DropdownMenuRadioItem>
        </DropdownMenuRadioGroup>
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={() => show('keys')}>
          <Keyboard /> Keyboard shortcuts
        </DropdownMenuItem>
        <DropdownMenuItem asChild>
          <Link href={`/${slug}/settings/account`}>
            <CircleUser /> Account
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem asChild>
          <Link href={`/${slug}/settings/sessions`}>
            <MonitorSmartphone /> Sessions
          </Link>
        </DropdownMenuItem>
        {operator.data && (
          <DropdownMenuItem asChild>
            <Link href="/operator/runner">
              <Server /> Server
            </Link>
          </DropdownMenuItem>
        )}
        <DropdownMenuItem onSelect={leave}>
          <LogOut /> Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

const initials = (name: string): string => {
  const words = name.trim().split(/\s+/);
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => (word ? [...word][0] : '')).join('');
};
