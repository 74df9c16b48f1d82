'use client';

import { useQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { RelativeTime } from '@/components/data/relative-time';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { listConversations } from './visit-api';

/** What this browser has talked about here before; nothing for one that has not. */
export function Earlier({
  token,
  current,
  onOpen,
}: {
  token: string;
  current: string | null;
  onOpen: (id: string) => void;
}) {
  const { data = [] } = useQuery({
    queryKey: ['visit', token, 'list', current],
    queryFn: () => listConversations(token),
  });
  const others = data.filter(({ id }) => id !== current);
  if (others.length === 0) return null;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="sm" aria-label="Earlier conversations">
          <History /> <span className="max-sm:hidden">Earlier</span>
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end" className="max-h-80 w-72 overflow-y-auto">
        {others.map(({ id, title, createdAt }) => (
          <DropdownMenuItem key={id} onSelect={() => onOpen(id)} className="justify-between gap-3">
            <span className="min-w-0 truncate">{title}</span>
            <RelativeTime date={new Date(createdAt)} className="shrink-0 text-muted-foreground text-xs" />
          </DropdownMenuItem>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
