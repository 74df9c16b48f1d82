'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import {
  Activity,
  Bot,
  Cable,
  CircleDollarSign,
  Hand,
  Home,
  Keyboard,
  Moon,
  Plus,
  Settings,
  Sun,
  TextQuote,
} from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTheme } from 'next-themes';
import { useDeferredValue, useState } from 'react';
import { StatusIcon } from '@/components/run/status';
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from '@/components/ui/command';
import { Dialog, DialogContent, DialogDescription, DialogTitle } from '@/components/ui/dialog';
import { useTRPC } from '@/lib/trpc/client';
import { useOpenPanel } from './open-panel';
import { useOrg } from './org-context';
import { settingsPages } from './settings-pages';
import { useWorkspace } from './workspace';

const matches = (text: string, query: string): boolean => text.toLowerCase().includes(query.trim().toLowerCase());

/** ⌘K: agents, runs, pages and commands. */
export function CommandPalette({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { slug, can } = useOrg();
  const trpc = useTRPC();
  const router = useRouter();
  const show = useOpenPanel();
  const { resolvedTheme, setTheme } = useTheme();
  const [text, setText] = useState('');
  const [marked, setMarked] = useState('');
  const query = useDeferredValue(text.slice(0, 200));

  const agents = useQuery(
    trpc.agents.list.queryOptions(
      { org: slug, query, limit: 6 },
      { enabled: can('agents:read'), placeholderData: keepPreviousData },
    ),
  );
  const runs = useQuery(
    trpc.runs.list.queryOptions(
      { org: slug, query, limit: 5 },
      { enabled: can('runs:read'), placeholderData: keepPreviousData },
    ),
  );

  const { search } = useWorkspace();
  const go = (path: string) => {
    onOpenChange(false);
    router.push(`/${slug}${path}`);
  };
  const dark = resolvedTheme === 'dark';
  const pages = [
    { label: 'Home', path: search, icon: Home },
    ...(can('agents:read') ? [{ label: 'Agents', path: `/agents${search}`, icon: Bot }] : []),
    ...(can('agents:read') ? [{ label: 'Partials', path: '/agents/partials', icon: TextQuote }] : []),
    ...(can('runs:read') ? [{ label: 'Runs', path: `/runs${search}`, icon: Activity }] : []),
    ...(can('connectors:read') ? [{ label: 'Connectors', path: '/connectors', icon: Cable }] : []),
    ...(can('approvals:read') ? [{ label: 'Approvals', path: '/approvals', icon: Hand }] : []),
    ...(can('spend:read') ? [{ label: 'Spend', path: `/spend${search}`, icon: CircleDollarSign }] : []),
    // The single pages of the settings only for who looks for them.
    ...(query.trim() === ''
      ? [{ label: 'Settings', path: '/settings', icon: Settings }]
      : settingsPages(can).map((page) => ({ label: `Settings: ${page.label}`, path: page.path, icon: Settings }))),
  ].filter(({ label }) => matches(label, query));
  const commands = [
    ...(can('agents:write') ? [{ label: 'New agent', icon: Plus, run: () => show('new-agent') }] : []),
    {
      label: dark ? 'Light theme' : 'Dark theme',
      icon: dark ? Sun : Moon,
      run: () => {
        setTheme(dark ? 'light' : 'dark');
        onOpenChange(false);
      },
    },
    { label: 'Keyboard shortcuts', icon: Keyboard, run: () => show('keys') },
  ].filter(({ label }) => matches(label, query));
  const offered = [
    ...pages.map(({ label }) => `page ${label}`),
    ...commands.map(({ label }) => `command ${label}`),
    ...(agents.data?.items.map(({ id }) => `agent ${id}`) ?? []),
    ...(runs.data?.items.map(({ id }) => `run ${id}`) ?? []),
  ];

  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent closable={false} className="max-w-xl overflow-hidden">
        <DialogTitle className="sr-only">Search</DialogTitle>
        <DialogDescription className="sr-only">Agents, runs, pages and commands</DialogDescription>
        <Command
          shouldFilter={false}
          loop
          // What was marked may be gone from the list: Enter opens the first then.
          value={offered.includes(marked) ? marked : (offered[0] ?? '')}
          onValueChange={setMarked}
        >
          <CommandInput value={text} onValueChange={setText} placeholder="Search agents, runs, pages and commands" />
          <CommandList className="max-h-96">
            {!agents.isFetching && !runs.isFetching && <CommandEmpty>Nothing is called that.</CommandEmpty>}
            {pages.length > 0 && (
              <CommandGroup heading="Pages">
                {pages.map(({ label, path, icon: Icon }) => (
                  <CommandItem key={label} value={`page ${label}`} onSelect={() => go(path)}>
                    <Icon aria-hidden /> {label}
                  </CommandItem>
                ))}
              </CommandGroup>
            )}
            {commands.length > 0 && (
              <CommandGroup heading="Commands">
                {commands.map(({ label, icon: Icon, run }) => (
                  <CommandItem key={label} value={`command ${label}`} onSelect={run}>
                    <Icon aria-hidden /> {label}
                  </CommandItem>
                ))}
              </CommandGroup>
            )}
            {agents.data && agents.data.items.length > 0 && (
              <CommandGroup heading="Agents">
                {agents.data.items.map((agent) => (
                  <CommandItem key={agent.id} value={`agent ${agent.id}`} onSelect={() => go(`/agents/${agent.id}`)}>
                    <Bot aria-hidden />
                    <span className="truncate">{agent.name}</span>
                    <span className="ml-auto truncate text-muted-foreground text-xs">{agent.model}</span>
                  </CommandItem>
                ))}
              </CommandGroup>
            )}
            {runs.data && runs.data.items.length > 0 && (
              <CommandGroup heading="Runs">
                {runs.data.items.map((run) => (
                  <CommandItem key={run.id} value={`run ${run.id}`} onSelect={() => go(`/runs/${run.id}`)}>
                    <StatusIcon status={run.status} />
                    <span className="truncate">{run.inputPreview}</span>
                    <span className="ml-auto shrink-0 text-muted-foreground text-xs">{run.agentName}</span>
                  </CommandItem>
                ))}
              </CommandGroup>
            )}
          </CommandList>
        </Command>
      </DialogContent>
    </Dialog>
  );
}
