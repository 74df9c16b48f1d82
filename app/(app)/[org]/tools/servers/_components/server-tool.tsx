'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import { Switch } from '@/components/ui/switch';
import type { ApprovalMode } from '@/lib/contracts/approvals';
import type { McpTool } from '@/lib/contracts/mcp';
import { useTRPC } from '@/lib/trpc/client';
import { OfferedText } from './offered-text';

/** What is not chosen: it runs by itself when the server says that it changes nothing. */
const STANDARD = 'standard';
const APPROVALS: Record<ApprovalMode, string> = { auto: 'Runs by itself', ask: 'Asks a person', deny: 'Never runs' };

/** A tool of a server, and where its text waits for consent, that text with the decision. */
export function ServerTool({ tool }: { tool: McpTool }) {
  const { slug, can } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const done = { onSuccess: () => queryClient.invalidateQueries(trpc.tools.pathFilter()), onError: toastError };
  const change = useMutation(trpc.tools.servers.changeTool.mutationOptions(done));
  const judge = useMutation(trpc.tools.servers.judgeTool.mutationOptions(done));
  const { name, label, description, state, enabled, approval, readOnly, disabled, offeredHash } = tool;
  const isWriter = can('tools:write');
  const isOpen = state === 'changed' || state === 'new' || state === 'removed';
  const decide = (decision: 'approve' | 'remove') =>
    judge.mutate({ org: slug, tool: name, decision, hash: offeredHash ?? '' });
  const set = (patch: { enabled?: boolean; approval?: ApprovalMode | null }) =>
    change.mutate({ org: slug, tool: name, enabled, approval, ...patch });
  return (
    <li className="grid gap-2 px-4 py-2.5 sm:px-6">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <p className="flex flex-wrap items-center gap-2">
            {state === 'removed' ? (
              <span className="font-medium">{label}</span>
            ) : (
              <Link href={`/${slug}/tools/${name}`} className="focus-ring rounded-sm font-medium hover:underline">
                {label}
              </Link>
            )}
            <span className="break-all font-mono text-muted-foreground text-xs">{name}</span>
            {readOnly && <Badge>reads only</Badge>}
          </p>
          {!isOpen && <p className="line-clamp-2 text-muted-foreground text-xs">{description}</p>}
          {disabled && state !== 'removed' && enabled && <p className="text-waiting text-xs">{disabled}</p>}
        </div>
        {!isOpen && (
          <div className="flex items-center gap-3">
            <Select
              value={approval ?? STANDARD}
              disabled={!isWriter}
              onValueChange={(mode) => set({ approval: mode === STANDARD ? null : (mode as ApprovalMode) })}
            >
              <SelectTrigger aria-label={`Calls of ${name}`} className="w-56">
                <SelectValue />
              </SelectTrigger>
              <SelectContent>
                <SelectItem value={STANDARD}>{APPROVALS[readOnly ? 'auto' : 'ask']} (standard)</SelectItem>
                {Object.entries(APPROVALS).map(([mode, said]) => (
                  <SelectItem key={mode} value={mode}>
                    {said}
                  </SelectItem>
                ))}
              </SelectContent>
            </Select>
            <Switch
              aria-label={`Agents can use ${name}`}
              checked={enabled}
              disabled={!isWriter || change.isPending}
              onCheckedChange={(on) => set({ enabled: on })}
            />
          </div>
        )}
        {isOpen && isWriter && (
          <div className="flex gap-2">
            {state !== 'removed' && (
              <Button
                variant="outline"
                size="sm"
                disabled={judge.isPending}
                aria-label={`Remove ${name}`}
                onClick={() => decide('remove')}
              >
                Remove
              </Button>
            )}
            <Button
              size="sm"
              variant={state === 'removed' ? 'outline' : 'default'}
              disabled={judge.isPending}
              aria-label={`Approve ${name}`}
              onClick={() => decide('approve')}
            >
              Approve
            </Button>
          </div>
        )}
      </div>
      {isOpen && <OfferedText tool={tool} />}
    </li>
  );
}
